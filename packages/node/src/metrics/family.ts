// What a metric is in the lists of families/: its name, what it means, and where its value is in a reading.

import type { Reading } from './reading.ts'
import type { Spread } from './spread.ts'

/** A value with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** One metric of the list. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly unit: string
  readonly help: string
  readonly labels: readonly string[]
  readonly read: (reading: Reading) => Iterable<Sample>
}

/** What may fall as well as rise. */
export function gauge(
  name: string,
  unit: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, type: 'gauge', unit, help, labels, read }
}

/** What only rises. */
export function counter(
  name: string,
  unit: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, type: 'counter', unit, help, labels, read }
}

/** One sample without labels. */
export function one(value: number): [Sample] {
  return [[{}, value]]
}

/** A sample for each key, which becomes the label. */
export function by(label: string, counts: Iterable<readonly [string | number, number]>): Sample[] {
  return [...counts].map(([key, count]) => [{ [label]: String(key) }, count])
}

/** A sample for each bound of a spread. */
export function spread(figures: Spread, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return figures.cumulative().map(([le, count]) => [{ ...labels, le }, count])
}
