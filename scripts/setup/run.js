// Runs another program and waits for it, in one of two ways:
//
//   runQuietly      its output is kept and shown only when it fails (npm, pnpm, apt)
//   runInForeground its output is ours (tsc, vitest)
//
// Told to stop meanwhile, the program is told so too and the set-up ends once it has ended, so
// that no program goes on writing after the lock was given back.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Interrupted, codeOf } from './fault.js'

/** How many of a failed program's last lines are shown. */
const shownLines = 25

/** @type {NodeJS.Signals[]} */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * How a program ended: its exit code, or 128 + n for one that a signal ended.
 * @typedef {{ code: number, output: string, missing: boolean }} Ended
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs]
 * @property {number} [killAfterMs] how long a program may go on after it was told to stop
 * @property {import('./lock.js').Lock} [lock] keeps others out until the program is gone
 */

/**
 * Runs a program with no input and keeps what it says.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function runQuietly(file, args, options = {}) {
  return run(file, args, options, ['ignore', 'pipe', 'pipe'])
}

/**
 * Runs a program on our own input and output.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function runInForeground(file, args, options = {}) {
  return run(file, args, options, ['inherit', 'inherit', 'inherit'])
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} options
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<Ended>}
 */
function run(file, args, { cwd, env = process.env, timeoutMs, killAfterMs, lock }, stdio) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio, timeout: timeoutMs })
    const abandon = child.pid === undefined ? () => {} : lock?.adopt(child.pid)

    /** @type {NodeJS.Signals | undefined} */
    let stoppedBy
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      child.kill(signal)
      if (stoppedBy === undefined && killAfterMs !== undefined) {
        setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
      }
      stoppedBy ??= signal
    }
    for (const signal of stopSignals) process.on(signal, stop)

    const tail = createTail()
    child.stdout?.setEncoding('utf8').on('data', (chunk) => tail.add(chunk))
    child.stderr?.setEncoding('utf8').on('data', (chunk) => tail.add(chunk))

    /** @param {() => void} settle */
    const finish = (settle) => {
      for (const signal of stopSignals) process.off(signal, stop)
      abandon?.()
      settle()
    }
    child.once('error', (error) => {
      const missing = codeOf(error) === 'ENOENT'
      finish(() => resolve({ code: 127, output: error.message, missing }))
    })
    child.once('close', (code, signal) => {
      if (stoppedBy !== undefined) {
        const interrupted = new Interrupted(stoppedBy)
        finish(() => reject(interrupted))
        return
      }
      const output = signal === null ? tail.text() : `${tail.text()}\nended by ${signal}`.trim()
      const number = signal === null ? 0 : constants.signals[signal]
      finish(() => resolve({ code: code ?? 128 + number, output, missing: false }))
    })
  })
}

function createTail() {
  /** @type {string[]} */
  let lines = ['']
  return {
    /** @param {string} chunk */
    add(chunk) {
      const [first = '', ...rest] = chunk.split('\n')
      lines[lines.length - 1] += first
      lines = lines.concat(rest).slice(-shownLines - 1)
    },
    text: () => lines.join('\n').trim(),
  }
}
