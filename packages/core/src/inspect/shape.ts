// The shape that data from a file must have, and the first place where it has another. Right data costs no memory. Pure.
//
//   actors[3].wait.ms: expected a number, got "12"

import { shorten } from './escape.ts'

/** What is wrong with a value: where, from there on, and what had to be there. */
export interface Misfit {
  readonly path: string
  readonly expected: string
  readonly got: unknown
}

/** Undefined for what fits. */
export type Shape = (value: unknown) => Misfit | undefined

export const text: Shape = one('a text', (value) => typeof value === 'string')
/** As JSON has no others, it is finite. */
export const number: Shape = one('a number', (value) => Number.isFinite(value))
export const count: Shape = one(
  'a whole number from 0',
  (value) => Number.isInteger(value) && (value as number) >= 0,
)
export const scalar: Shape = one(
  'a text, a number, true, false or null',
  (value) => value === null || typeof value !== 'object',
)

export function oneOf(...words: readonly string[]): Shape {
  return one(`one of ${words.join(', ')}`, (value) => words.includes(value as string))
}

export function list(each: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { path: '', expected: 'a list', got: value }
    for (let at = 0; at < value.length; at++) {
      const found = each(value[at])
      if (found !== undefined) return within(`[${at}]`, found)
    }
    return undefined
  }
}

/** An object with any keys. */
export function table(each: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return { path: '', expected: 'an object', got: value }
    for (const key of Object.keys(value)) {
      const found = each(value[key])
      if (found !== undefined) return within(`.${key}`, found)
    }
    return undefined
  }
}

/** An object with these keys; more of them, which nobody here knows, are no fault. */
export function record(
  must: Readonly<Record<string, Shape>>,
  may: Readonly<Record<string, Shape>> = {},
): Shape {
  const [needed, possible] = [Object.entries(must), Object.entries(may)]
  return (value) => {
    if (!isObject(value)) return { path: '', expected: 'an object', got: value }
    for (const [key, shape] of needed) {
      const found = shape(value[key])
      if (found !== undefined) return within(`.${key}`, found)
    }
    for (const [key, shape] of possible) {
      const found = value[key] === undefined ? undefined : shape(value[key])
      if (found !== undefined) return within(`.${key}`, found)
    }
    return undefined
  }
}

const longestValue = 60

/** As the head says. */
export function printMisfit({ path, expected, got }: Misfit): string {
  const value = got === undefined ? 'nothing' : shorten(JSON.stringify(got), longestValue)
  return `${path.replace(/^\./, '') || 'all of it'}: expected ${expected}, got ${value}`
}

function one(expected: string, fits: (value: unknown) => boolean): Shape {
  return (value) => (fits(value) ? undefined : { path: '', expected, got: value })
}

function within(step: string, { path, ...rest }: Misfit): Misfit {
  return { path: `${step}${path}`, ...rest }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
