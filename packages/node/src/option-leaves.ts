// The leaves of the option schema. A leaf's message is the phrase that completes "expected …"; `problemsOf` adds the
// key in front and what was found behind:
//
//   rooms.namespaces.game.history.size: expected a whole number from 1 to 100000, got "x"

import * as z from 'zod'
import { formatPath, type Problem } from './config-error.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { isSecretKey, maskUrl } from './redact.ts'
import { suggest } from './suggest.ts'

type Shape = Record<string, z.ZodType>

/** How a section is written and read: any of its keys; a key that ends in `Ms` holds a `Time`. */
export type Given<Section, Time = number | string> = {
  [K in keyof Section]?: (K extends `${string}Ms` ? Time : Section[K]) | undefined
}

/** A group of keys, all optional, and no others: a misspelled key is an error that tells which was meant. */
export function section<S extends Shape>(
  shape: S,
): z.ZodType<
  { [K in keyof S]?: z.output<S[K]> | undefined },
  { [K in keyof S]?: z.input<S[K]> | undefined }
> {
  return typed(z.strictObject(shape, { error: groupError(shape) }).partial())
}

/** A group of keys that are all needed, and no others. */
export function complete<S extends Shape>(
  shape: S,
): z.ZodType<{ [K in keyof S]: z.output<S[K]> }, { [K in keyof S]: z.input<S[K]> }> {
  return typed(z.strictObject(shape, { error: groupError(shape) }))
}

/** A group of keys of which some are needed, and no others. */
export function partly<N extends Shape, S extends Shape>(
  needed: N,
  others: S,
): z.ZodType<
  { [K in keyof N]: z.output<N[K]> } & { [K in keyof S]?: z.output<S[K]> | undefined },
  { [K in keyof N]: z.input<N[K]> } & { [K in keyof S]?: z.input<S[K]> | undefined }
> {
  const optional = Object.entries(others).map(([key, leaf]) => [key, leaf.optional()] as const)
  return typed(complete({ ...needed, ...Object.fromEntries(optional) }))
}

/** A table whose keys are the user's own names. */
export function table<Out, In>(
  names: RegExp,
  phrase: string,
  value: z.ZodType<Out, In>,
): z.ZodType<Map<string, Out>, Record<string, In>> {
  return typed(
    z
      .record(z.string().regex(names, phrase), value, 'a group of keys')
      .transform((record) => new Map(Object.entries(record))),
  )
}

/** A whole number of something countable. */
export function whole(min: number, max: number): z.ZodType<number, number> {
  const phrase = `a whole number from ${min} to ${max}`
  return z.number(phrase).int(phrase).min(min, phrase).max(max, phrase)
}

/** A number between two others, both included. */
export function fraction(min: number, max: number): z.ZodType<number, number> {
  const phrase = `a number from ${min} to ${max}`
  return z.number(phrase).min(min, phrase).max(max, phrase)
}

/** A time: milliseconds, or text with a unit. */
export function duration(minMs: number, maxMs: number): z.ZodType<number, number | string> {
  const range = `${minMs === 0 ? '0' : formatDuration(minMs)} to ${formatDuration(maxMs)}`
  const message = `a time from ${range}, as milliseconds or like "500ms", "25s", "5m"`
  return z
    .custom<number | string>((given) => {
      const ms = parseDuration(given)
      return ms !== undefined && ms >= minMs && ms <= maxMs
    }, message)
    .transform((given) => parseDuration(given) ?? minMs)
}

/** True or false. */
export function flag(): z.ZodType<boolean, boolean> {
  return z.boolean('true or false')
}

/** Text of a given kind; without a form, any text that is not empty. */
export function text(phrase: string, form: RegExp = /^[^]/): z.ZodType<string, string> {
  return z.string(phrase).regex(form, phrase)
}

/** Text that passes a check of its own. */
export function checked(
  phrase: string,
  check: (text: string) => boolean,
): z.ZodType<string, string> {
  return z.string(phrase).refine(check, phrase)
}

/** One word of a closed set. */
export function oneOf<const W extends readonly string[]>(
  words: W,
): z.ZodType<W[number], W[number]> {
  return z.enum(words, `one of ${words.join(', ')}`)
}

/** A value that can also be switched off. */
export function orFalse<V extends z.ZodType>(
  value: V,
): z.ZodType<z.output<V> | false, z.input<V> | false> {
  // Not a union: its error would speak of "invalid input", not of the key inside that is wrong.
  return typed(
    z
      .preprocess((given) => (given === false ? null : given), value.nullable())
      .transform((parsed) => parsed ?? false),
  )
}

/** A section of which one key may stand alone: `"latest"` for `{ policy: "latest" }`. */
export function shortFor<V extends z.ZodType<object, object>, K extends string & keyof z.input<V>>(
  key: K,
  value: V,
): z.ZodType<z.output<V>, z.input<V> | Exclude<z.input<V>[K], undefined>> {
  const expand = (given: unknown): unknown => (typeof given === 'string' ? { [key]: given } : given)
  return typed(z.preprocess(expand, value))
}

/** A list of leaves. */
export function list<V extends z.ZodType>(
  phrase: string,
  item: V,
): z.ZodType<z.output<V>[], z.input<V>[]> {
  return z.array(item, phrase)
}

/** The base with what is given put over it; a key that holds undefined is not given. */
export function overlay<T extends object>(
  base: T,
  given: { [K in keyof T]?: T[K] | undefined } | undefined,
): T {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(said) }
}

/** What zod found, as sentences that name the key. */
export function problemsOf(error: z.core.$ZodError, given: unknown): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n')
      return issue.keys.map((key, index) => ({
        key: formatPath([...issue.path, key]),
        message: messages[index] ?? 'unknown key',
      }))
    }
    const phrase = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
    const found = issue.code === 'invalid_key' ? '' : `, got ${show(given, issue.path)}`
    return [{ key: formatPath(issue.path), message: `expected ${phrase}${found}` }]
  })
}

/** A schema under the types its maker states: zod loses them where a shape is generic, or where input is rewritten. */
function typed<Out, In>(schema: z.ZodType): z.ZodType<Out, In> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests of each leaf are its proof
  return schema as z.ZodType<Out, In>
}

function groupError(shape: Shape): (issue: { code?: string; keys?: unknown }) => string {
  return ({ code, keys }) => {
    if (code !== 'unrecognized_keys' || !Array.isArray(keys)) return 'a group of keys'
    // One line a key, in the issue's order; problemsOf takes them apart again.
    return keys.map((key) => unknownKey(String(key), Object.keys(shape))).join('\n')
  }
}

function unknownKey(key: string, known: string[]): string {
  const meant = suggest(key, known)
  return meant
    ? `unknown key, did you mean ${meant}?`
    : `unknown key, ${known.length === 0 ? 'there is none' : `known are ${known.join(', ')}`}`
}

/** What stands at a path: short, on one line, and never a secret. */
function show(given: unknown, path: readonly PropertyKey[]): string {
  let value = given
  for (const step of path) {
    if (typeof value !== 'object' || value === null) break
    value = Reflect.get(value, step)
  }
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  if (value === '') return '""'
  if (isSecret(path)) return `a ${typeof value} that is kept secret`
  if (typeof value !== 'string') return JSON.stringify(value) ?? typeof value
  const shown = maskUrl(value)
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown)
}

function isSecret(path: readonly PropertyKey[]): boolean {
  return path.some((step) => isSecretKey(String(step)))
}
