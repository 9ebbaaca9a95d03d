// Dumps made by hand, for what real systems do not do on demand.

import type { ActorRow, Dump } from '../../src/inspect/dump.ts'

/** A connection that does nothing, or what `more` says. */
export function row(id: string, more: Partial<ActorRow> = {}): ActorRow {
  return {
    id,
    behavior: 'connection',
    label: '',
    state: 'idle',
    ms: 0,
    ageMs: 0,
    parent: '0',
    mailbox: 0,
    handled: 0,
    restarts: 0,
    site: 1,
    ...more,
  }
}

/** An actor that has been waiting for so long. */
export function waiting(
  id: string,
  wait: Partial<NonNullable<ActorRow['wait']>>,
  more: Partial<ActorRow> = {},
): ActorRow {
  const full = { class: 'ask', target: '', ms: 0, ...wait }
  return row(id, { state: 'waiting', ms: full.ms, ageMs: full.ms, wait: full, ...more })
}

/** A dump of these actors, and of nobody else unless `more` says so. */
export function dumpOf(actors: ActorRow[], more: Partial<Dump> = {}): Dump {
  const population = { idle: 0, running: 0, waiting: 0, dead: 0 }
  for (const { state } of actors) population[state]++
  return {
    schema: 'sluice.dump/1',
    takenAt: '2026-01-01T00:01:00.000Z',
    uptimeMs: 60_000,
    tookMs: 1,
    total: actors.length,
    actors,
    population,
    orphans: actors.filter(({ orphan }) => orphan).length,
    sites: {},
    ends: {},
    counters: {},
    tombstones: [],
    ...more,
  }
}
