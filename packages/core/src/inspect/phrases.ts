// How analyses put actors and figures into words, within 80 columns. Pure.

import type { ActorRow, WaitRow } from './dump.ts'
import { shorten } from './escape.ts'
import { printMs } from './text/text.ts'

/** `room 3f rooms/lobby` */
export function nameOf({
  behavior,
  id,
  label,
}: Pick<ActorRow, 'behavior' | 'id' | 'label'>): string {
  if (label === '') return `${behavior} ${id}`
  // What users call things may be of any length; the id tells which one it is.
  return `${behavior} ${id} ${shorten(label, longestLabel)}`
}

const longestLabel = 60

/** `waiting: ask room 3f, 5 s`; `running, 12 s` */
export function printDoing({ state, ms, wait }: Pick<ActorRow, 'state' | 'ms' | 'wait'>): string {
  return wait === undefined
    ? `${state}, ${printMs(ms)}`
    : `waiting: ${printTarget(wait)}, ${printMs(wait.ms)}`
}

/** What is waited on: `ask desk 9`, `redis`. */
export function printTarget({
  class: kind,
  target,
  actor,
}: Pick<WaitRow, 'class' | 'target' | 'actor'>): string {
  return [kind, target, actor].filter(Boolean).join(' ')
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

/** Text from users' code or from the wire, with nothing in it that a terminal takes for more than a letter. */
export function visible(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A sentence as lines of at most `width` columns, the later ones further in; a longer word has a line of its own. */
export function fold(text: string, indent = '', width = 80): string[] {
  const lines: string[] = []
  let line = indent
  let empty = true
  // A figure stays with its unit.
  for (const word of visible(text).split(/ (?!(?:ms|s|min|h|%)(?:[^a-z]|$))/)) {
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
