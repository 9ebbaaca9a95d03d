// How analyses put actors and figures into words, within 80 columns. Pure.

import type { ActorRow } from './dump.ts'
import { printMs } from './text.ts'

/** `room 3f rooms/lobby` */
export function nameOf({
  behavior,
  id,
  label,
}: Pick<ActorRow, 'behavior' | 'id' | 'label'>): string {
  return label === '' ? `${behavior} ${id}` : `${behavior} ${id} ${label}`
}

/** `waiting: ask room 3f, 5 s`; `running, 12 s` */
export function printDoing({ state, ms, wait }: Pick<ActorRow, 'state' | 'ms' | 'wait'>): string {
  if (wait === undefined) return `${state}, ${printMs(ms)}`
  const words = [wait.class, wait.target, wait.actor ?? ''].filter((word) => word !== '')
  return `waiting: ${words.join(' ')}, ${printMs(wait.ms)}`
}

/** `47,321` */
export function printNumber(value: number): string {
  if (!Number.isInteger(value)) return String(Math.round(value * 100) / 100)
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 actor`, `1,204 actors` */
export function printCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${printNumber(count)} ${count === 1 ? noun : plural}`
}

/** `87 %`; never 0 % or 100 % of what is only nearly so. */
export function printShare(part: number, of: number): string {
  if (of === 0 || part === 0) return '0 %'
  if (part >= of) return '100 %'
  const percent = (part / of) * 100
  return percent < 1 ? '< 1 %' : `${Math.min(99, Math.round(percent))} %`
}

/** Smallest, middle and largest of some figures. */
export interface Range {
  min: number
  p50: number
  max: number
}

/** The range of figures, of which there must be one at least. */
export function rangeOf(figures: readonly number[]): Range {
  const sorted = Float64Array.from(figures).sort()
  return { min: sorted[0]!, p50: sorted[sorted.length >> 1]!, max: sorted[sorted.length - 1]! }
}

/** `31 s … 44 s`, or one figure where both are the same in words. */
export function printRange({ min, max }: Range, print: (value: number) => string): string {
  const [from, to] = [print(min), print(max)]
  return from === to ? from : `${from} … ${to}`
}

/** A sentence as lines of at most `width` columns, the later ones further in. */
export function fold(text: string, indent = '', width = 80): string[] {
  const lines: string[] = []
  let line = indent
  let empty = true
  // A figure stays with its unit.
  for (const word of text.split(/ (?!(?:ms|s|min|h|%)(?:[^a-z]|$))/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}    `
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(line)
  return lines
}

/** Orders strings by their code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
