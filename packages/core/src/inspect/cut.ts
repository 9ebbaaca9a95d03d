// The cut: the columns of the rows asked for, copied in one turn of the loop, during which nothing else can run; or, in
// another thread, row by row while the loop goes on. Numbers only. All that makes words of them comes afterwards.
//
//   table ─▶ which rows ─▶ cut ─▶ rows in words (words.ts)

import { State, type StateName, states } from '../lifecycle.ts'
import { noRow, orphanSlackMs, type Table, type WaitClass, waitCode } from '../table.ts'
import { Greatest } from './greatest.ts'

/** Which actors, by what the table has of them: asked before any object is made. */
export interface ActorFilter {
  state?: StateName
  behavior?: string
  wait?: WaitClass
  /** In its state for at least so long. */
  minMs?: number
  /** Messages in its mailbox, at least. */
  minMailbox?: number
  /** Children of the actor with this id. */
  parent?: string
  /** This one alone. */
  id?: string
  /** Only who lives on although its grace time is over. */
  orphan?: true
}

/** A copy of the columns, one place for each row that was asked for. */
export interface Cut {
  /** Clock time. */
  readonly at: number
  /** Rows copied. */
  count: number
  /** Actors alive. */
  total: number
  /** Those that the filter lets through, whatever the limit. */
  matched: number
  orphans: number
  /** Rows left out, as another thread was in the middle of writing them. */
  torn: number
  readonly population: Record<StateName, number>
  readonly row: Uint32Array
  readonly generation: Uint32Array
  readonly state: Uint8Array
  readonly waitClass: Uint8Array
  readonly waitDead: Uint8Array
  readonly orphan: Uint8Array
  readonly behavior: Uint16Array
  readonly restarts: Uint16Array
  readonly parent: Uint32Array
  readonly parentGeneration: Uint32Array
  readonly waitName: Uint32Array
  readonly waitRow: Uint32Array
  readonly waitGeneration: Uint32Array
  readonly depth: Uint32Array
  readonly site: Uint32Array
  readonly message: Uint32Array
  readonly lastRecord: Uint32Array
  readonly handled: Float64Array
  readonly since: Float64Array
  readonly waitSince: Float64Array
  readonly waitDeadline: Float64Array
  readonly spawnedAt: Float64Array
  readonly endedAt: Float64Array
}

/** The columns that a cut is made of. */
export type Columns = Omit<Table, 'claim' | 'release'>

/** A filter in the table's own numbers. */
export interface Sieve {
  readonly states: number
  readonly waits: number
  readonly behavior: number | undefined
  readonly latest: number
  readonly minMailbox: number
  readonly parent: Place | undefined
  readonly self: Place | undefined
  readonly orphan: boolean
  /** It asks for something that nobody can have. */
  readonly nobody: boolean
}

interface Place {
  readonly row: number
  readonly generation: number
}

/** `code` gives the number of a behaviour's name, if there is such a name. */
export function resolveFilter(
  filter: ActorFilter,
  now: number,
  code: (name: string) => number | undefined,
): Sieve {
  const behavior = filter.behavior === undefined ? undefined : code(filter.behavior)
  const parent = placeOf(filter.parent)
  const self = placeOf(filter.id)
  return {
    states: filter.state === undefined ? ~0 : 1 << states.indexOf(filter.state),
    waits: filter.wait === undefined ? ~0 : 1 << waitCode[filter.wait],
    behavior,
    latest: now - (filter.minMs ?? -Infinity),
    minMailbox: filter.minMailbox ?? 0,
    parent,
    self,
    orphan: filter.orphan ?? false,
    nobody:
      (filter.behavior !== undefined && behavior === undefined) ||
      (filter.parent !== undefined && parent === undefined) ||
      (filter.id !== undefined && self === undefined),
  }
}

/** Row and generation of an id; undefined for what is none. */
export function placeOf(id: string | undefined): Place | undefined {
  const match = /^([0-9a-f]{1,8})(?:\.([0-9a-f]{1,8}))?$/.exec(id ?? '')
  if (match === null) return undefined
  return {
    row: Number.parseInt(match[1]!, 16),
    generation: match[2] === undefined ? 0 : Number.parseInt(match[2], 16),
  }
}

/** Live rows past their grace time by so much are looked at; those without children are orphans. */
function findOrphans(table: Columns, late: number): Set<number> {
  const { state, endedAt, graceUntil, parent } = table
  const top = table.top[0]!
  const found = new Set<number>()
  for (let row = 0; row < top; row++) {
    if (endedAt[row] !== Infinity && state[row] !== State.dead && graceUntil[row]! < late)
      found.add(row)
  }
  if (found.size === 0) return found
  // Who still waits for its children is none: their grace time comes first.
  for (let row = 0; row < top; row++) if (state[row] !== State.dead) found.delete(parent[row]!)
  return found
}

/** The cut of one row alone. */
export function cutRow(table: Columns, row: number, at: number): Cut {
  const cut = createCut(1, at, [])
  copyRow(table, row, cut, 0, new Set())
  cut.count = 1
  return cut
}

export interface CutOptions {
  /** Asked for each row by who reads while another thread writes: nothing is copied of a row for which this stays false. */
  whole?: (row: number, copy: () => void) => boolean
  /** The rows for which this is greatest, the greatest first. */
  rank?: ((row: number) => number) | undefined
}

/** Copies the rows that pass, up to `limit` of them, in the order of the table unless they are ranked. */
export function takeCut(
  table: Columns,
  at: number,
  sieve: Sieve,
  limit: number,
  { whole, rank }: CutOptions = {},
): Cut {
  const orphans = findOrphans(table, at - orphanSlackMs)
  const { state } = table
  const top = table.top[0]!
  const counts = [0, 0, 0, 0]
  const greatest = rank && new Greatest(Math.min(limit, top))
  let rows: Uint32Array = new Uint32Array(greatest === undefined ? Math.min(limit, top) : 0)
  let matched = 0
  for (let row = 0; row < top; row++) {
    const is = state[row]!
    counts[is]!++
    if (is === State.dead || !passes(table, sieve, row, is, orphans)) continue
    if (greatest !== undefined) greatest.offer(row, rank!(row))
    else if (matched < rows.length) rows[matched] = row
    matched++
  }
  if (greatest !== undefined) rows = greatest.list()
  const listed = Math.min(matched, rows.length)
  const cut = createCut(listed, at, counts)
  cut.matched = matched
  cut.orphans = orphans.size
  for (let i = 0; i < listed; i++) {
    const row = rows[i]!
    const place = cut.count
    if (whole === undefined) copyRow(table, row, cut, place, orphans)
    else if (!whole(row, () => copyRow(table, row, cut, place, orphans))) {
      if (state[row] !== State.dead) cut.torn++
      continue
    }
    cut.count++
  }
  return cut
}

function passes(
  table: Columns,
  sieve: Sieve,
  row: number,
  state: number,
  orphans: ReadonlySet<number>,
): boolean {
  if (sieve.nobody) return false
  if (((sieve.states >> state) & 1) === 0) return false
  if (sieve.waits !== ~0) {
    if (state !== State.waiting || ((sieve.waits >> table.waitClass[row]!) & 1) === 0) return false
  }
  if (sieve.behavior !== undefined && table.behavior[row] !== sieve.behavior) return false
  if (table.since[row]! > sieve.latest) return false
  if (table.depth[row]! < sieve.minMailbox) return false
  if (sieve.orphan && !orphans.has(row)) return false
  const { self, parent } = sieve
  if (self !== undefined) {
    if (self.row !== row || self.generation !== table.generation[row]) return false
  }
  if (parent === undefined) return true
  return parent.row === table.parent[row] && parent.generation === table.generation[parent.row]
}

function createCut(size: number, at: number, counts: readonly number[]): Cut {
  const live = counts.slice(0, State.dead)
  return {
    at,
    count: 0,
    total: live.reduce((sum, count) => sum + count, 0),
    matched: 0,
    orphans: 0,
    torn: 0,
    population: Object.fromEntries(states.map((name, i) => [name, live[i] ?? 0])) as Record<
      StateName,
      number
    >,
    row: new Uint32Array(size),
    generation: new Uint32Array(size),
    state: new Uint8Array(size),
    waitClass: new Uint8Array(size),
    waitDead: new Uint8Array(size),
    orphan: new Uint8Array(size),
    behavior: new Uint16Array(size),
    restarts: new Uint16Array(size),
    parent: new Uint32Array(size),
    parentGeneration: new Uint32Array(size),
    waitName: new Uint32Array(size),
    waitRow: new Uint32Array(size),
    waitGeneration: new Uint32Array(size),
    depth: new Uint32Array(size),
    site: new Uint32Array(size),
    message: new Uint32Array(size),
    lastRecord: new Uint32Array(size),
    handled: new Float64Array(size),
    since: new Float64Array(size),
    waitSince: new Float64Array(size),
    waitDeadline: new Float64Array(size),
    spawnedAt: new Float64Array(size),
    endedAt: new Float64Array(size),
  }
}

function copyRow(
  table: Columns,
  row: number,
  cut: Cut,
  place: number,
  orphans: ReadonlySet<number>,
): void {
  cut.row[place] = row
  cut.generation[place] = table.generation[row]!
  cut.state[place] = table.state[row]!
  cut.waitClass[place] = table.waitClass[row]!
  cut.orphan[place] = orphans.size > 0 && orphans.has(row) ? 1 : 0
  cut.behavior[place] = table.behavior[row]!
  cut.restarts[place] = table.restarts[row]!
  const parent = table.parent[row]!
  cut.parent[place] = parent
  cut.parentGeneration[place] = parent === noRow ? 0 : table.generation[parent]!
  cut.waitName[place] = table.waitName[row]!
  const target = table.waitRow[row]!
  const generation = table.waitGeneration[row]!
  cut.waitRow[place] = target
  cut.waitGeneration[place] = generation
  cut.waitDead[place] = target !== noRow && !table.holds(target, generation) ? 1 : 0
  cut.depth[place] = table.depth[row]!
  cut.site[place] = table.site[row]!
  cut.message[place] = table.message[row]!
  cut.lastRecord[place] = table.lastRecord[row]!
  cut.handled[place] = table.handled[row]!
  cut.since[place] = table.since[row]!
  cut.waitSince[place] = table.waitSince[row]!
  cut.waitDeadline[place] = table.waitDeadline[row]!
  cut.spawnedAt[place] = table.spawnedAt[row]!
  cut.endedAt[place] = table.endedAt[row]!
}
