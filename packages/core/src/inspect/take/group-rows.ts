// The groups of `groups.ts` from the table's numbers: no object is made for a row, so that a million actors have their groups
// and leave nothing behind.

import { State, states } from '../../lifecycle.ts'
import { idOf, waitClasses } from '../../table.ts'
import type { Cut, Selection } from './cut.ts'
import { compareGroups, type Group, targetKind } from '../map/groups.ts'
import type { Words } from '../words.ts'

/** Times of one group that its median is found among. */
const mostTimes = 4_096
const samples = 5
const rowsPerStep = 1_024

/** A group that is being counted. */
class Tally {
  readonly first: number
  readonly sample: string[] = []
  count = 0
  min = Infinity
  max = 0
  #times: number[] = []
  /** Of so many, one is kept. */
  #every = 1

  constructor(first: number) {
    this.first = first
  }

  add(ms: number): void {
    if (ms < this.min) this.min = ms
    if (ms > this.max) this.max = ms
    if (this.count++ % this.#every === 0) this.#times.push(ms)
    if (this.#times.length <= mostTimes) return
    // Every second one goes: what is left is as even as before.
    this.#times = this.#times.filter((_, i) => i % 2 === 0)
    this.#every *= 2
  }

  /** Of all, or of several thousand taken evenly where there are more. */
  median(): number {
    return this.#times.sort((a, b) => a - b)[this.#times.length >> 1] ?? 0
  }
}

/** The groups of the selected rows, the largest first. */
export function* groupRows(
  { table, at }: Cut,
  { rows }: Selection,
  words: Words,
): Generator<void, Group[]> {
  const kinds = new Kinds(words)
  const tallies = new Map<number, Tally>()
  for (let i = 0; i < rows.length; i++) {
    if (i % rowsPerStep === 0) yield
    const row = rows[i]!
    const waits = table.state[row] === State.waiting
    // Of 16, 2, 4, 16 and 14 bits: together less than the 53 of a number.
    let key = table.behavior[row]! * 4 + table.state[row]!
    key = key * 16 + (waits ? table.waitClass[row]! : 0)
    key = key * 65_536 + (waits ? kinds.code(table.waitName[row]!) : 0)
    key = key * 16_384 + table.site[row]!
    let tally = tallies.get(key)
    if (tally === undefined) tallies.set(key, (tally = new Tally(row)))
    if (tally.count < samples) tally.sample.push(idOf(row, table.generation[row]!))
    tally.add(Math.max(0, at - table.since[row]!))
  }
  const groups: Group[] = []
  for (const tally of tallies.values()) {
    const { first, count, min, max, sample } = tally
    const waits = table.state[first] === State.waiting
    const target = waits ? targetKind(words.name(table.waitName[first]!)) : ''
    groups.push({
      behavior: words.name(table.behavior[first]!),
      state: states[table.state[first]!]!,
      wait: waits ? `${waitClasses[table.waitClass[first]!]} ${target}`.trim() : '',
      site: table.site[first]!,
      count,
      ms: { min, p50: tally.median(), max },
      sample,
    })
    yield
  }
  return groups.sort(compareGroups)
}

/** Numbers for the kinds of things that names stand for: `publish lobby` and `publish hall` are one. */
class Kinds {
  readonly #words: Words
  readonly #codes: number[] = []
  readonly #kinds = new Map<string, number>()

  constructor(words: Words) {
    this.#words = words
  }

  code(name: number): number {
    let code = this.#codes[name]
    if (code === undefined) {
      const kind = targetKind(this.#words.name(name))
      code = this.#kinds.get(kind) ?? this.#kinds.size
      this.#kinds.set(kind, code)
      this.#codes[name] = code
    }
    return code
  }
}
