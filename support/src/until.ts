// Waiting for something that can only be seen from outside and tells nobody when it happens: a figure, a log line.

import { setTimeout as sleep } from 'node:timers/promises'

export interface UntilOptions {
  /** Said when it does not happen: `two members are here`. */
  what: string
  /** Default 10,000. */
  deadlineMs?: number
}

/** The first value of `check` that is neither undefined nor false, looked for again and again. */
export async function until<T>(
  check: () => T | Promise<T>,
  { what, deadlineMs = 10_000 }: UntilOptions,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>
    if (performance.now() > deadline)
      throw new Error(`waited ${deadlineMs} ms in vain until ${what}`)
    await sleep(20)
  }
}
