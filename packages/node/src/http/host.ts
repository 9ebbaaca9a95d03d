// Whether a request is addressed to this machine by a name that only this machine has. A page of another site can make
// its own name point here (DNS rebinding) and is then, to a browser, of one origin with us; the Host header, which it
// cannot choose, tells it apart.

import { isLoopback } from '../option-checks.ts'

/** True when a Host header names the loopback interface, with or without a port. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(host ?? '')?.[1]
  return name !== undefined && isLoopback(name)
}
