// A dump: every actor, in one consistent cut. Rows are read in one turn of the loop, during which nothing else can
// run; grouping and printing happen afterwards, on plain data, wherever one likes. Never message contents.

import type { Actor } from '../actor.ts'
import type { Scalar } from '../behavior.ts'
import { formatEnd } from '../ends.ts'
import { Flag } from '../flags.ts'
import type { StateName } from '../lifecycle.ts'
import { states } from '../lifecycle.ts'
import type { Site } from '../sites.ts'
import type { System } from '../system.ts'
import { noRow, waitClasses } from '../table.ts'
import type { Tombstone } from '../tombstones.ts'

export interface WaitRow {
  class: string
  /** `room 3f`, `peer`, `publish`. */
  target: string
  ms: number
  /** Until its deadline; absent without one. */
  leftMs?: number
}

export interface ActorRow {
  id: string
  behavior: string
  label: string
  state: StateName
  /** In this state since so long. */
  ms: number
  ageMs: number
  wait?: WaitRow
  parent: string
  mailbox: number
  handled: number
  restarts: number
  site: number
  /** Until the context's deadline; absent without one. */
  deadlineMs?: number
  /** Why it is about to end; absent while its context lives. */
  ending?: string
  /** Why it was restarted last; absent when it never was. */
  restarted?: string
  more?: Record<string, Scalar>
}

export interface TombstoneRow {
  id: string
  behavior: string
  label: string
  code: string
  end: string
  agoMs: number
  livedMs: number
  handled: number
  restarts: number
  trail: string[]
}

export interface Snapshot {
  schema: 'sluice.dump/1'
  takenAt: string
  uptimeMs: number
  /** How long the loop was held. */
  tookMs: number
  total: number
  /** Fewer than `total` when a limit cut the list. */
  actors: ActorRow[]
  population: Record<StateName, number>
  orphans: number
  sites: Record<string, Site>
  ends: Record<string, number>
  counters: Record<string, number>
  tombstones: TombstoneRow[]
}

export interface SnapshotOptions {
  /** Actors listed. Default Infinity. */
  limit?: number
  /** Tombstones listed. Default 100. */
  tombstones?: number
  /** Only actors for which this is true. */
  where?: (actor: ActorRow) => boolean
}

/** Reads the whole system, in row order. */
export function takeSnapshot(system: System, options: SnapshotOptions = {}): Snapshot {
  const started = system.clock.now()
  const limit = options.limit ?? Infinity
  const actors: ActorRow[] = []
  const top = system.table.top[0] ?? 0
  for (let row = 0; row < top && actors.length < limit; row++) {
    const actor = system.actors[row]
    if (actor === undefined) continue
    const read = readActor(system, actor, started)
    if (options.where === undefined || options.where(read)) actors.push(read)
  }
  const { ends, ...counters } = system.counters
  return {
    schema: 'sluice.dump/1',
    takenAt: new Date(system.clock.wall()).toISOString(),
    uptimeMs: started - system.startedAt,
    tookMs: system.clock.now() - started,
    total: system.table.live,
    actors,
    population: system.population(),
    orphans: system.orphans(),
    sites: readSites(system, actors),
    ends: { ...ends },
    counters,
    tombstones: system.tombstones
      .list(options.tombstones ?? 100)
      .map((tombstone) => readTombstone(tombstone, started)),
  }
}

/** One actor's row, in words. */
export function readActor(system: System, actor: Actor, now: number): ActorRow {
  const { table } = system
  const { row } = actor
  const deadline = actor.context.deadline
  const cause = actor.context.cause()
  const wait = readWait(system, row, now)
  const more = describe(actor)
  const lastEnd = actor.rare?.lastEnd
  return {
    id: actor.id,
    behavior: actor.behavior.name,
    label: actor.label(),
    state: states[table.state[row] ?? 0] ?? 'idle',
    ms: Math.max(0, now - (table.since[row] ?? now)),
    ageMs: Math.max(0, now - (table.spawnedAt[row] ?? now)),
    ...(wait && { wait }),
    parent: actor.parent?.id ?? '',
    mailbox: actor.mailbox?.length ?? 0,
    handled: table.handled[row] ?? 0,
    restarts: table.restarts[row] ?? 0,
    site: table.site[row] ?? 0,
    ...(deadline !== Infinity && { deadlineMs: deadline - now }),
    ...(cause && { ending: formatEnd(cause) }),
    ...(lastEnd && { restarted: formatEnd(lastEnd) }),
    ...(more && { more }),
  }
}

function readWait(system: System, row: number, now: number): WaitRow | undefined {
  const { table, names } = system
  const code = table.waitClass[row] ?? 0
  if (code === 0) return undefined
  const target = table.waitRow[row] ?? noRow
  const name = names.name(table.waitName[row] ?? 0)
  const deadline = table.waitDeadline[row] ?? Infinity
  const generation = table.waitGeneration[row] ?? 0
  const holds = target !== noRow && table.holds(target, generation)
  const id =
    target === noRow
      ? ''
      : ` ${holds ? (system.actors[target]?.id ?? '') : `${target.toString(16)} (dead)`}`
  return {
    class: waitClasses[code] ?? 'none',
    target: `${name}${id}`,
    ms: Math.max(0, now - (table.waitSince[row] ?? now)),
    ...(Number.isFinite(deadline) && { leftMs: deadline - now }),
  }
}

/** A behaviour's own columns; one that throws says so in its row and harms nobody. */
function describe(actor: Actor): Record<string, Scalar> | undefined {
  if ((actor.flags & Flag.started) === 0) return undefined
  try {
    return actor.behavior.describe?.(actor.state)
  } catch (error) {
    return { describe: `failed: ${String(error)}` }
  }
}

function readSites(system: System, actors: readonly ActorRow[]): Record<string, Site> {
  const sites: Record<string, Site> = {}
  for (const actor of actors) {
    for (
      let at = system.sites.at(actor.site);
      at !== undefined && at.code !== 0;
      at = system.sites.at(at.parent)
    ) {
      if (sites[at.code] !== undefined) break
      sites[at.code] = at
    }
  }
  return sites
}

function readTombstone(tombstone: Tombstone, now: number): TombstoneRow {
  return {
    id: tombstone.id,
    behavior: tombstone.behavior,
    label: tombstone.label,
    code: tombstone.end.code,
    end: formatEnd(tombstone.end),
    agoMs: now - tombstone.diedAt,
    livedMs: tombstone.diedAt - tombstone.spawnedAt,
    handled: tombstone.handled,
    restarts: tombstone.restarts,
    trail: tombstone.trail.map((step) =>
      step.to === 'waiting' ? `${step.to}(${step.wait})` : step.to,
    ),
  }
}
