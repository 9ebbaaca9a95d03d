// How these scripts end: what went wrong in words, then the exit code that says so.

import { Interrupted, SetupFault } from './fault.js'

/**
 * Runs `work`; a fault of the set-up is told and ends the process with 1.
 * @param {import('./voice.js').Voice} voice
 * @param {() => Promise<void>} work
 * @returns {Promise<void>}
 */
export async function endingWell(voice, work) {
  try {
    await work()
  } catch (error) {
    if (error instanceof Interrupted) return endBy(error.signal)
    if (!(error instanceof SetupFault)) throw error
    if (error.output !== '') voice.say(`${error.output.replaceAll('\n', '\n  ')}\n`)
    voice.say(error.message)
    if (error.hint !== '') voice.say(error.hint)
    process.exitCode = 1
  }
}

/**
 * Ends this process by a signal, so that whoever waits for it sees what the child saw.
 * @param {NodeJS.Signals} signal
 */
export function endBy(signal) {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // A signal that is ignored here, or that only stops: a plain exit is better than none.
  setTimeout(() => process.exit(1), 1_000)
}
