// What behaviours tell of themselves with `describe()`: its unit is in its name, as everywhere here, and need not be read twice.

import { printMs, type Scalar } from '@sluice/core'
import { printBytes, printCount } from './format.ts'

/** `left` for `leftMs`. */
export function ownTitle(name: string): string {
  return name.replace(/(?<=.)(Ms|Bytes)$/, '')
}

/** Of several beside each other, by name: the whole name where two would be called the same. */
export function ownTitles(names: readonly string[]): Map<string, string> {
  const known = Map.groupBy(names, ownTitle)
  return new Map(
    names.map((name) => [name, known.get(ownTitle(name))!.length > 1 ? name : ownTitle(name)]),
  )
}

/** The value as people read it: a time, a size, a figure, a text; `–` for none. */
export function printOwn(name: string, value: Scalar): string {
  if (value === null) return '–'
  if (typeof value !== 'number') return String(value)
  if (name.endsWith('Ms')) return printMs(value)
  if (name.endsWith('Bytes')) return printBytes(value)
  return Number.isInteger(value) ? printCount(value) : String(value)
}

/** By what it is sorted, in a column of numbers or of anything; none of it is the least. */
export function ownRank(value: Scalar | undefined, numbers: boolean): number | string {
  if (numbers) return typeof value === 'number' ? value : -Infinity
  return value === null ? '' : String(value ?? '')
}
