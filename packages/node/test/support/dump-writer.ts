// A thread that takes its turn again and again, as the watchdog, and counts how often somebody else had it too. `said` is
// memory of the test: the turns that were had, the times that somebody was not alone, how many write now, and how many are there.

import { parentPort, workerData } from 'node:worker_threads'
import { DumpTurn } from '../../src/seeing/dump-turn.ts'

export interface WriterOrder {
  readonly turn: SharedArrayBuffer
  readonly said: SharedArrayBuffer
  readonly times: number
}

/** Takes `times` turns, at each of which nobody else may write. */
export function write(who: 'loop' | 'watchdog', { turn: buffer, said, times }: WriterOrder): void {
  const turn = new DumpTurn(buffer)
  const [turns, mixed, writing, there] = [0, 1, 2, 3] as const
  const counts = new Int32Array(said)
  Atomics.add(counts, there, 1)
  while (Atomics.load(counts, there) < 2);
  for (let taken = 0; taken < times;) {
    if (!turn.take(who)) continue
    taken++
    if (Atomics.add(counts, writing, 1) > 0) Atomics.add(counts, mixed, 1)
    Atomics.add(counts, turns, 1)
    Atomics.sub(counts, writing, 1)
    turn.give(who)
  }
}

if (parentPort !== null) write('watchdog', workerData as WriterOrder)
