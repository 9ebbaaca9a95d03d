// Long work in slices: a generator yields wherever it may be left for a while, and whoever runs it decides whether it is.

import type { Clock } from '../clock.ts'

/** Runs it to its end at once. */
export function runAtOnce<T>(work: Generator<unknown, T>): T {
  let step = work.next()
  while (step.done !== true) step = work.next()
  return step.value
}

/** Runs it to its end, and lets the loop turn whenever it was held for `sliceMs`; first of all at once. */
export async function runInSlices<T>(
  work: Generator<unknown, T>,
  clock: Clock,
  sliceMs: number,
): Promise<T> {
  for (;;) {
    await new Promise<void>((resolve) => clock.soon(resolve))
    const until = clock.now() + sliceMs
    do {
      const step = work.next()
      if (step.done === true) return step.value
    } while (clock.now() < until)
  }
}
