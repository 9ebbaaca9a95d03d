// Ties a Node that was started by an older one to that older one's life.
//
//   old Node ──[pipe]── right Node
//
// The old Node passes every signal on, and ends as its child ends. What it cannot pass on is its
// own SIGKILL (or crash): then the kernel closes its end of the pipe, the child reads the end of
// it, and dies by SIGKILL too, as if it had been the process that was meant. Nothing is ever
// written to the pipe. A child whose loop no longer turns notices as soon as it turns again.

import { Socket } from 'node:net'

/** Names the file descriptor of the pipe to the child. */
const variable = 'SLUICE_LEASH_FD'

/** The pipe's place among the child's descriptors: the first after the three standard ones. */
export const leashFd = 3

/**
 * The variable that tells a child that it is on a leash.
 * @returns {Record<string, string>}
 */
export function leashEnvironment() {
  return { [variable]: String(leashFd) }
}

/** In the child: watches the pipe, if there is one, without keeping the process alive. */
export function wearLeash() {
  const fd = process.env[variable]
  // Not for the programs that this one starts.
  delete process.env[variable]
  if (fd === undefined) return
  const pipe = new Socket({ fd: Number(fd), readable: true, writable: false })
  pipe.on('error', () => {})
  pipe.on('close', () => process.kill(process.pid, 'SIGKILL'))
  pipe.resume()
  pipe.unref()
}
