// The fields of one request, read with their types checked. The first field that is wrong leaves a sentence about it in
// `fault`; reading goes on with zero values, so that a reader is one object literal and a bad request costs no
// exception. Two rules come from proto3, which the protocol's other encodings are made of:
// null is absent (but in `data`, where it is a value), and fields nobody knows are ignored.
//
// Of two equal keys JSON.parse keeps the last, and a `__proto__` key becomes an own property like any other. So a
// plain property read is safe here as long as nothing is copied by assignment.

import type { DecodeLimits } from './limits.ts'

/** A JSON object, with nothing known about its members. */
export type JsonObject = Readonly<Record<string, unknown>>

export class Fields {
  /** What is wrong with the request, in words for its sender; undefined while nothing is. */
  fault: string | undefined = undefined
  readonly #name: string
  readonly #parent: Fields | undefined
  readonly #source: JsonObject
  readonly #limits: DecodeLimits

  constructor(name: string, source: JsonObject, limits: DecodeLimits, parent?: Fields) {
    this.#name = name
    this.#source = source
    this.#limits = limits
    this.#parent = parent
  }

  /** A name that must be there. */
  name(key: string): string {
    return this.#text(key, 1, this.#limits.maxNameLength)
  }

  /** A name that may be missing: then it is empty. */
  optionalName(key: string): string {
    return this.#text(key, 0, this.#limits.maxNameLength)
  }

  /** A token that must be there. */
  token(key: string): string {
    return this.#text(key, 1, this.#limits.maxTokenLength)
  }

  /** A token that may be missing: then it is empty. */
  optionalToken(key: string): string {
    return this.#text(key, 0, this.#limits.maxTokenLength)
  }

  flag(key: string): boolean {
    const value = this.#source[key]
    if (typeof value === 'boolean') return value
    if (!isAbsent(value)) this.#fail(key, 'must be true or false')
    return false
  }

  /** An integer, 0 when it is missing. */
  integer(key: string, least: number, most: number): number {
    const value = this.#source[key]
    if (isAbsent(value)) return 0
    // 1e400 is Infinity to JSON.parse, and no integer.
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value
    }
    this.#fail(key, `must be an integer from ${least} to ${most}`)
    return 0
  }

  /** A position in a stream: a uint64 on the wire, of which a node gives out the safe integers only. */
  offset(key: string): number {
    return this.integer(key, 0, Number.MAX_SAFE_INTEGER)
  }

  /** Any JSON value; undefined when it is missing. */
  data(key: string): unknown {
    return this.#source[key]
  }

  /** Any JSON value, null included, that must be there. */
  requiredData(key: string): unknown {
    const value = this.#source[key]
    if (value === undefined) this.#fail(key, 'is missing')
    return value
  }

  /** The fields of an object inside this one; undefined when it is missing. */
  inner(key: string): Fields | undefined {
    const value = this.#source[key]
    if (isAbsent(value)) return undefined
    if (isJsonObject(value)) return new Fields(key, value, this.#limits, this)
    this.#fail(key, 'must be an object')
    return undefined
  }

  /** The fields of every member of an object that maps names to objects. */
  entries(key: string): (readonly [name: string, fields: Fields])[] {
    const map = this.inner(key)
    if (map === undefined) return []
    const names = Object.keys(map.#source)
    const { maxCommands, maxNameLength } = this.#limits
    if (names.length > maxCommands) {
      this.#fail(key, `must have at most ${maxCommands} members`)
      return []
    }
    const entries: [string, Fields][] = []
    for (const name of names) {
      if (name === '' || name.length > maxNameLength) {
        this.#fail(key, `must have names of 1 to ${maxNameLength} characters`)
        return []
      }
      const fields = map.inner(name)
      if (fields !== undefined) entries.push([name, fields])
    }
    return entries
  }

  #text(key: string, least: number, most: number): string {
    const value = this.#source[key]
    if (typeof value === 'string' && value.length >= least && value.length <= most) return value
    if (least === 0 && isAbsent(value)) return ''
    const size = least === 0 ? `at most ${most}` : `${least} to ${most}`
    this.#fail(key, `must be a string of ${size} characters`)
    return ''
  }

  #fail(key: string, problem: string): void {
    const path = `${this.#name}.${key}`
    if (this.#parent !== undefined) this.#parent.#fail(path, problem)
    else this.fault ??= `${path} ${problem}`
  }
}

/** True for what JSON calls an object: not an array, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
