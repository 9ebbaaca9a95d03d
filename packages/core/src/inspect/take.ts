// Taking a dump: every actor, in one consistent cut. Rows are read in one turn of the loop, during which nothing else can
// run; grouping and printing happen afterwards, on plain data, wherever one likes. Never message contents.

import { type Actor, messageType } from '../actor.ts'
import type { Scalar } from '../behavior.ts'
import { formatEnd } from '../ends.ts'
import { Flag } from '../flags.ts'
import { states } from '../lifecycle.ts'
import type { Site } from '../sites.ts'
import type { System } from '../system.ts'
import { idOf, noRow, waitClasses } from '../table.ts'
import type { Tombstone } from '../tombstones.ts'
import type { ActorRow, Dump, TombstoneRow, WaitRow } from './dump.ts'

export interface DumpOptions {
  /** Actors listed. Default Infinity. */
  limit?: number
  /** Tombstones listed. Default 100. */
  tombstones?: number
  /** Only actors for which this is true. */
  where?: (actor: ActorRow) => boolean
}

/** Reads the whole system, in row order. */
export function takeDump(system: System, options: DumpOptions = {}): Dump {
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
  const { deadline } = actor.context
  const cause = actor.context.cause()
  const endedAt = table.endedAt[row] ?? 0
  const wait = readWait(system, row, now)
  const message = handledBy(actor)
  const more = describe(actor)
  const lastEnd = actor.rare?.lastEnd
  const timers = actor.rare?.timers?.size ?? 0
  const stack = system.sites.stacks.of(actor.id)
  return {
    id: actor.id,
    behavior: actor.behavior.name,
    label: actor.label(),
    state: states[table.state[row] ?? 0] ?? 'idle',
    ms: Math.max(0, now - (table.since[row] ?? now)),
    ageMs: Math.max(0, now - (table.spawnedAt[row] ?? now)),
    ...(wait && { wait }),
    ...(message !== '' && { message }),
    parent: actor.parent?.id ?? '',
    mailbox: actor.mailbox?.length ?? 0,
    handled: table.handled[row] ?? 0,
    restarts: table.restarts[row] ?? 0,
    site: table.site[row] ?? 0,
    ...(deadline !== Infinity && { deadlineMs: deadline - now }),
    ...(cause && { ending: formatEnd(cause) }),
    ...(cause && (actor.flags & Flag.ending) !== 0 && { endedMs: Math.max(0, now - endedAt) }),
    ...(cause && system.isOrphan(actor) && { orphan: true as const }),
    ...(lastEnd && { restarted: formatEnd(lastEnd) }),
    ...(timers > 0 && { timers }),
    ...(stack && { stack }),
    ...(more && { more }),
  }
}

function readWait(system: System, row: number, now: number): WaitRow | undefined {
  const { table, names } = system
  const code = table.waitClass[row] ?? 0
  if (code === 0) return undefined
  const target = table.waitRow[row] ?? noRow
  const deadline = table.waitDeadline[row] ?? Infinity
  const generation = table.waitGeneration[row] ?? 0
  return {
    class: waitClasses[code] ?? 'none',
    target: names.name(table.waitName[row] ?? 0),
    ...(target !== noRow && { actor: idOf(target, generation) }),
    ...(target !== noRow && !table.holds(target, generation) && { dead: true as const }),
    ms: Math.max(0, now - (table.waitSince[row] ?? now)),
    ...(Number.isFinite(deadline) && { leftMs: deadline - now }),
  }
}

/** The type of the message whose handler is on the stack or awaits something. */
function handledBy(actor: Actor): string {
  const { kernel, rare } = actor
  return messageType(kernel.current === actor ? kernel.message : rare?.work?.message)
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
