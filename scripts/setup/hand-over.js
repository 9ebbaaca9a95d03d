// Goes on under another Node: in the same process where this Node can (execve, from 22.15 on), so
// that even the pid stays; else in a child that gets our signals and whose end becomes ours.

import { spawn } from 'node:child_process'
import { endBy } from './end.js'
import { faultFrom } from './fault.js'
import { leashFd, pipeLeash, wornLeash } from './leash.js'

/** @type {NodeJS.Signals[]} */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** What the terminal sends to the whole foreground group by itself, the child included. */
const sentByTerminal = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Runs `node` with `args` in our place. Does not return.
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<never>}
 */
export function handOver(node, args) {
  const { execve } = /** @type {{ execve?: Execve }} */ (process)
  if (execve !== undefined && process.platform !== 'win32') {
    execve.call(process, node, [node, ...args], { ...process.env, ...wornLeash() })
  }
  return runAsChild(node, args)
}

/** @typedef {(file: string, args: string[], env: NodeJS.ProcessEnv) => never} Execve */

/** @param {string} node @param {string[]} args @returns {Promise<never>} */
function runAsChild(node, args) {
  return new Promise((_, reject) => {
    const env = { ...process.env, ...pipeLeash }
    const child = spawn(node, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'pipe'] })
    for (const signal of passedOn) {
      process.on(signal, () => {
        // Ctrl-C has already reached the child; a second one would read as "now, at once".
        if (!(process.stdin.isTTY && sentByTerminal.has(signal))) child.kill(signal)
      })
    }
    // Our end of the leash: the kernel closes it when we are gone.
    child.stdio[leashFd]?.on('error', () => {})
    child.once('error', (error) => reject(faultFrom(`${node} cannot be run`, error)))
    child.once('exit', (code, signal) => {
      if (signal === null) process.exit(code ?? 1)
      endBy(signal)
    })
  })
}
