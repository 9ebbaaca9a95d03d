// Ties a process to the life of the one that started it, in the two places where a signal can get
// lost on its way down.
//
//   npm ── this ──[pipe]── right Node
//     └ pid ┘ └─── end ───┘
//
// An older Node that runs the right one as its child passes every signal on, and ends as its child
// ends. What it cannot pass on is its own SIGKILL, or crash. Then the kernel closes its end of a
// pipe that nothing is ever written to; the child reads the end of it, and dies by SIGKILL too, as
// if it had been the process that was meant. A child whose loop no longer turns notices when it
// turns again.
//
// npm passes signals on as well, but a killed npm leaves its scripts running, and a gateway that
// keeps its port. Nobody meant that, so a script whose npm is gone drains as on SIGTERM.

/** Tells a process what it is tied to: `fd:3` or `pid:4711`. */
const variable = 'SLUICE_LEASH'

/** The pipe's place among a child's descriptors: the first after the three standard ones. */
export const leashFd = 3

/** How often a script looks whether npm is still there. */
const lookMs = 500

/** The variable for a child that is given the other end of a pipe. */
export const pipeLeash = { [variable]: `fd:${leashFd}` }

/** What this process is tied to and stays tied to if it goes on as another program. */
let worn = {}

/**
 * The variable for a program that takes this one's place, and so has its parent too.
 * @returns {Record<string, string>}
 */
export function wornLeash() {
  return worn
}

/**
 * In a script: the variable that ties this process to npm, if npm runs it.
 * @returns {Record<string, string>}
 */
export function npmLeash() {
  return process.env['npm_lifecycle_event'] === undefined
    ? {}
    : { [variable]: `pid:${process.ppid}` }
}

/**
 * Ties this process to what the variable names, if it names anything, without keeping it alive.
 * @param {NodeJS.ProcessEnv} env the variable is removed, for it is not for the programs started from here
 */
export async function wearLeash(env) {
  const [kind, value] = env[variable]?.split(':') ?? []
  delete env[variable]
  if (kind === 'fd') await endWithPipe(Number(value))
  if (kind === 'pid') {
    worn = { [variable]: `pid:${value}` }
    endWithParent(Number(value))
  }
}

/** @param {number} fd */
async function endWithPipe(fd) {
  const { Socket } = await import('node:net')
  const pipe = new Socket({ fd, readable: true, writable: false })
  pipe.on('error', () => {})
  pipe.on('close', () => process.kill(process.pid, 'SIGKILL'))
  pipe.resume()
  pipe.unref()
}

/** @param {number} parent */
function endWithParent(parent) {
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    process.kill(process.pid, 'SIGTERM')
  }, lookMs)
  look.unref()
}
