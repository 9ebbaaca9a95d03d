// Long work in slices: a generator yields wherever it may be left for a while, and whoever runs it decides whether it is.

import type { Clock } from '../../clock.ts'

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

/** Joins texts to larger ones, and lets the loop turn whenever it was held for `sliceMs`. */
export async function* joinInSlices(
  pieces: Iterable<string>,
  clock: Clock,
  sliceMs: number,
): AsyncGenerator<string, void, undefined> {
  let text = ''
  let until = clock.now() + sliceMs
  for (const piece of pieces) {
    text += piece
    const over = clock.now() >= until
    if (!over && text.length < longestText) continue
    if (text !== '') yield text
    text = ''
    if (!over) continue
    await new Promise<void>((resolve) => clock.soon(resolve))
    until = clock.now() + sliceMs
  }
  if (text !== '') yield text
}

const longestText = 65_536
