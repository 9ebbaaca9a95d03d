// A thread that has the watchdog's turn, and gives it back a moment after it is told to.

import { parentPort, workerData } from 'node:worker_threads'
import { DumpTurn } from '../../src/seeing/dump-turn.ts'

const { turn, given } = workerData as { turn: SharedArrayBuffer; given: Int32Array }

parentPort?.once('message', () => {
  // Long enough for the other thread to have begun to wait.
  Atomics.wait(given, 0, 0, 100)
  Atomics.store(given, 0, 1)
  new DumpTurn(turn).give('watchdog')
})
parentPort?.postMessage('ready')
