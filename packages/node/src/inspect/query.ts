// Reading the query of a request: what is unknown, or no value of its key's, is told by name, with what was expected and what
// came instead.
//
//   limit: expected a whole number from 1 to 1000, got "0"; foo: unknown key, known are search, limit

import * as z from 'zod'
import { formatPath, formatProblem, type Problem } from '../config-error.ts'
import { parseDuration } from '../duration.ts'
import { complete, oneOf, problemsOf } from '../option-leaves.ts'
import { NoView } from './no-view.ts'

/** The values that a key may have, read from its text; what is meant when it is missing. */
export type Leaf<Value> = z.ZodType<Value, string | undefined>

type Shape = Readonly<Record<string, Leaf<unknown>>>

const longestProblem = 1_000

/** The value of each key. Throws a NoView that lists every fault. `token` is the gate's, and may stand in every query. */
export function readQuery<const S extends Shape>(
  parameters: URLSearchParams,
  shape: S,
): { [K in keyof S]: z.output<S[K]> } {
  const given = new Map<string, string>()
  const problems: Problem[] = []
  for (const [key, value] of parameters) {
    if (key === 'token') continue
    if (given.has(key)) problems.push({ key: formatPath([key]), message: 'given more than once' })
    given.set(key, value)
  }
  const texts = Object.fromEntries(given)
  const read = complete<S>(shape).safeParse(texts)
  if (!read.success) problems.push(...problemsOf(read.error, texts))
  if (!read.success || problems.length > 0) {
    throw new NoView(400, problems.map(formatProblem).join('; ').slice(0, longestProblem))
  }
  return read.data
}

/** One of these; the first one when it is missing. */
export function word<const W extends readonly [string, ...string[]]>(...words: W): Leaf<W[number]> {
  return oneOf(words).default(words[0])
}

/** One of these, or none. */
export function maybe<const W extends readonly string[]>(words: W): Leaf<W[number] | undefined> {
  return oneOf(words).optional()
}

/** Some of these, with commas between them; all of them when it is missing. */
export function some<const W extends readonly string[]>(words: W): Leaf<readonly W[number][]> {
  const read = (text: string): W[number][] | undefined => {
    const found = text.split(',').map((one) => words.find((each) => each === one))
    return found.includes(undefined) ? undefined : found.filter((one) => one !== undefined)
  }
  return leaf<readonly W[number][]>(`some of ${words.join(',')}`, read).default(words)
}

/** Any text; empty when it is missing. */
export function anyText(): Leaf<string> {
  return z.string().default('')
}

/** A text that cannot be missing: what it is says the phrase. */
export function someText(phrase: string): Leaf<string> {
  return z.string(phrase).min(1, phrase)
}

/** Why somebody wants it, for the log: at most so long. What is meant when nothing is said, says the fallback. */
export function reasonOr(fallback: string, most = 200): Leaf<string> {
  return anyText().transform((text) => text.slice(0, most) || fallback)
}

/** Any text, or none. */
export function maybeText(): Leaf<string | undefined> {
  return z.string().optional()
}

/** One of these and a text that it has, as in `user:ann`; or none. */
export function maybePair<const W extends readonly string[]>(
  words: W,
): Leaf<{ readonly key: W[number]; readonly text: string } | undefined> {
  return leaf(`${words.join(' or ')}, a colon and what it is`, (text) => {
    const key = words.find((one) => text.startsWith(`${one}:`))
    return key === undefined ? undefined : { key, text: text.slice(key.length + 1) }
  }).optional()
}

/** True or false; false when it is missing. */
export function flag(): Leaf<boolean> {
  return word('false', 'true').transform((given) => given === 'true')
}

/** A whole number. */
export function whole(least: number, most: number, fallback: number): Leaf<number> {
  const read = (text: string): number | undefined => {
    const value = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : -1
    return value >= least && value <= most ? value : undefined
  }
  return leaf(`a whole number from ${least} to ${most}`, read).default(fallback)
}

/** A number from 0 to 1, or none. */
export function maybeShare(): Leaf<number | undefined> {
  const read = (text: string): number | undefined => {
    const share = /^(?=.)\d*(?:\.\d+)?$/.test(text) ? Number(text) : -1
    return share >= 0 && share <= 1 ? share : undefined
  }
  return leaf('a number from 0 to 1', read).optional()
}

/** A time; milliseconds when it has no unit. 0 when it is missing. */
export function time(): Leaf<number> {
  return leaf('a time such as 30s', (text) =>
    parseDuration(/^\d+$/.test(text) ? `${text}ms` : text),
  ).default(0)
}

function leaf<T>(phrase: string, read: (text: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const value = read(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: phrase })
    return z.NEVER
  })
}
