// Any value as JSON of a bounded size, for people to look at: all that a value can hold is shown, or it is said what is left
// out. Level by level, so that where there is no room for all, the deepest is missing.
//
//   value ─▶ in line: lists and objects whose entries are to come ─▶ entries, while there is room ─▶ those among them … in line
//
// What JSON carries stands as in JSON, also what a `toJSON` makes. What JSON drops is said in a few words, as is a getter
// that throws; an object that comes again within itself is `[circular]`.

import { maskUrl } from '../mask-url.ts'
import { printThrown, shorten } from './escape.ts'

export type Json = Leaf | Json[] | JsonObject

export interface JsonObject {
  [name: string]: Json
}

export interface JsonBounds {
  /** Levels of lists and objects. Default 12. */
  depth: number
  /** Entries of one list or object. Default 100. */
  entries: number
  /** Characters of one text or name. Default 1,000. */
  text: number
  /** Characters of the whole, as JSON: more than six times `text`. Default 65,536. */
  total: number
  /** What is said of an object instead of what is in it. Default nothing, for none. */
  words: (value: object) => string | undefined
}

const jsonBounds: JsonBounds = {
  depth: 12,
  entries: 100,
  text: 1_000,
  total: 65_536,
  words: () => undefined,
}

type Leaf = string | number | boolean | null

/** A list or an object whose entries are to come. */
interface Branch {
  readonly of: object
  readonly above: Branch | undefined
  readonly level: number
  readonly contents: Contents
  /** In the place where it belongs already. */
  readonly into: Json[] | JsonObject
}

interface Contents {
  readonly count: number
  /** Of an object; a list has none. */
  readonly names?: readonly string[]
  /** Reads one; may throw. */
  readonly at: (place: number) => unknown
}

/** The value as JSON, cut where it is more than the bounds allow: there stands how much more there was. */
export function boundJson(value: unknown, given: Partial<JsonBounds> = {}): Json {
  const bounds = { ...jsonBounds, ...given }
  const line: Branch[] = []
  let left = bounds.total

  /** Takes the room for it, or says that there is none. */
  const place = (piece: Leaf | Branch, name: string | undefined): boolean => {
    const own = isBranch(piece) ? 2 + noteLength(piece.contents) : JSON.stringify(piece).length
    const cost = own + 1 + (name === undefined ? 0 : JSON.stringify(name).length + 1)
    if (cost > left) return false
    left -= cost
    if (isBranch(piece)) line.push(piece)
    return true
  }

  const fill = (branch: Branch): void => {
    const { contents, into, level } = branch
    const { count, names, at } = contents
    const most = level > bounds.depth ? 0 : Math.min(count, bounds.entries)
    let done = 0
    for (; done < most; done++) {
      const name = names?.[done]
      const piece = pieceOf(() => at(done), name ?? String(done), branch, bounds)
      if (piece === undefined && name !== undefined) continue
      const short = name === undefined ? undefined : cut(name, bounds.text)
      if (!place(piece ?? null, short)) break
      put(into, short, isBranch(piece) ? piece.into : (piece ?? null))
    }
    if (done === count) left += noteLength(contents)
    else if (names === undefined) put(into, undefined, `… ${count - done} more`)
    else put(into, '…', `${count - done} more`)
  }

  const root = pieceOf(() => value, '', undefined, bounds) ?? null
  if (!isBranch(root)) return root
  place(root, undefined)
  for (const branch of line) fill(branch)
  return root.into
}

function isBranch(piece: Leaf | Branch | undefined): piece is Branch {
  return typeof piece === 'object' && piece !== null
}

/** The room that is kept for saying how many entries are missing: `"… 12 more",` or `"…":"12 more",`. */
function noteLength({ count, names }: Contents): number {
  return (names === undefined ? 10 : 13) + String(count).length
}

/** Also `__proto__`, which an assignment would take for something else. */
function put(into: Json[] | JsonObject, name: string | undefined, value: Json): void {
  if (Array.isArray(into)) into.push(value)
  else {
    const whole = { value, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(into, name ?? '', whole)
  }
}

function pieceOf(
  read: () => unknown,
  name: string,
  above: Branch | undefined,
  bounds: JsonBounds,
): Leaf | Branch | undefined {
  try {
    const value = read()
    if (typeof value !== 'object' || value === null) return leafOf(value, bounds.text)
    const words = bounds.words(value)
    if (words !== undefined) return cut(words, bounds.text)
    if (isWithin(value, above)) return '[circular]'
    const plain = plainOf(value, name)
    if (typeof plain !== 'object' || plain === null) return leafOf(plain, bounds.text)
    const contents = contentsOf(plain, bounds.entries)
    if (isOpaque(plain, contents)) return `[${className(plain)}]`
    const into = contents.names === undefined ? [] : {}
    return { of: value, above, level: (above?.level ?? 0) + 1, contents, into }
  } catch (error) {
    return `[throws ${printThrown(error, longestName)}]`
  }
}

/** Undefined for what has no place in an object. */
function leafOf(value: unknown, longest: number): Leaf | undefined {
  switch (typeof value) {
    case 'string':
      return cut(value, longest)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return cut(`${value}n`, longest)
    case 'symbol':
      return cut(String(value), longest)
    case 'function':
      return `[${`function ${nameOf(value)}`.trimEnd()}]`
    case 'object':
    case 'undefined':
      return value === null ? null : undefined
  }
}

function isWithin(value: object, above: Branch | undefined): boolean {
  for (let at = above; at !== undefined; at = at.above) if (at.of === value) return true
  return false
}

/** What JSON would take it for. */
function plainOf(value: object, name: string): unknown {
  // A Buffer makes an object of itself.
  if (ArrayBuffer.isView(value)) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON(name)
  if (value instanceof RegExp) return String(value)
  const boxed = [Number, String, Boolean, BigInt].some((type) => value instanceof type)
  return boxed ? value.valueOf() : value
}

function contentsOf(value: object, most: number): Contents {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) {
    const list = value as ArrayLike<unknown>
    return { count: list.length, at: (place) => list[place] }
  }
  if (value instanceof Set) {
    const items = firstOf(Set.prototype.values.call(value), most)
    return { count: value.size, at: (place) => items[place] }
  }
  if (value instanceof Map) {
    const pairs = firstOf(Map.prototype.entries.call(value), most)
    const names = pairs.map(([name]) => name as unknown)
    if (!areTexts(names)) return { count: value.size, at: (place) => pairs[place] }
    return { count: value.size, names, at: (place) => pairs[place]?.[1] }
  }
  const keys = Object.keys(value)
  const names = value instanceof Error ? [...new Set([...errorNames(value), ...keys])] : keys
  return { count: names.length, names, at: (place) => Reflect.get(value, names[place]!) as unknown }
}

function errorNames(error: Error): string[] {
  return ['name', 'message', ...('cause' in error ? ['cause'] : [])]
}

function areTexts(names: readonly unknown[]): names is string[] {
  return names.every((name) => typeof name === 'string')
}

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const first: Item[] = []
  for (const item of items) {
    if (first.length === most) break
    first.push(item)
  }
  return first
}

/** An instance of a class that keeps all to itself. */
function isOpaque(value: object, { count, names }: Contents): boolean {
  if (count > 0 || names === undefined || value instanceof Map) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== null && prototype !== Object.prototype
}

const longestName = 200

function className({ constructor }: object): string {
  return nameOf(constructor) || 'object'
}

function nameOf(thing: unknown): string {
  const name: unknown = typeof thing === 'function' ? thing.name : undefined
  return typeof name === 'string' ? shorten(name, longestName) : ''
}

/** The beginning of a text that is too long, no half of a character, and how much more there is. States hold URLs, too. */
function cut(whole: string, longest: number): string {
  const text = maskUrl(whole)
  if (text.length <= longest) return text
  const halved = /[\uD800-\uDBFF]/.test(text.charAt(longest - 1))
  const end = halved ? longest - 1 : longest
  return `${text.slice(0, end)}… ${text.length - end} more`
}
