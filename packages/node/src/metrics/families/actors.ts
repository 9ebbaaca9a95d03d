// The actors, counted from the columns of their table.

import { by, counter, type Family, gauge, one, type Sample, spread } from '../family.ts'
import type { Spread } from '../spread.ts'

export const actors: readonly Family[] = [
  gauge(
    'sluice_actors',
    'actors',
    'Live actors, by behaviour and state; their sum is the water level',
    ['behavior', 'state'],
    ({ census }) =>
      [...census.behaviors].flatMap(([behavior, counts]) =>
        Object.entries(counts)
          .filter(([state]) => state !== 'dead')
          .map(([state, count]): Sample => [{ behavior, state }, count]),
      ),
  ),
  gauge('sluice_actors_limit', 'actors', 'How many actors the node takes', [], ({ services }) =>
    one(services.system.table.capacity),
  ),
  gauge(
    'sluice_actor_state_seconds_bucket',
    'actors',
    'Live actors that have been in this state for at most `le` seconds, now',
    ['state', 'le'],
    ({ census }) => byKey('state', census.ages),
  ),
  gauge(
    'sluice_actor_state_seconds_max',
    'seconds',
    'How long an actor has been in this state at most',
    ['state'],
    ({ census }) => by('state', longest(census.ages)),
  ),
  gauge(
    'sluice_actor_waits',
    'actors',
    'Waiting actors, by what they wait for',
    ['class'],
    ({ census }) => by('class', census.waits),
  ),
  gauge(
    'sluice_actor_wait_seconds_bucket',
    'actors',
    'Waiting actors that have waited for at most `le` seconds, now',
    ['class', 'le'],
    ({ census }) => byKey('class', census.waitAges),
  ),
  gauge(
    'sluice_actor_wait_seconds_max',
    'seconds',
    'How long the oldest wait has lasted, by what for',
    ['class'],
    ({ census }) => by('class', longest(census.waitAges)),
  ),
  gauge(
    'sluice_orphans',
    'actors',
    'Actors that outlive their context by more than their grace time; a promise: 0',
    [],
    ({ services }) => one(services.system.orphans()),
  ),
  counter(
    'sluice_ends_total',
    'actors',
    'Deaths, by why; the code `unknown` is a promise: 0',
    ['code'],
    ({ services }) => by('code', Object.entries(services.system.counters.ends)),
  ),
  counter('sluice_spawned_total', 'actors', 'Actors started', [], ({ services }) =>
    one(services.system.counters.spawned),
  ),
  counter('sluice_restarts_total', 'actors', 'Actors restarted', [], ({ services }) =>
    one(services.system.counters.restarts),
  ),
  counter(
    'sluice_forced_total',
    'actors',
    'Actors ended by force, as they did not stop within their grace time',
    [],
    ({ services }) => one(services.system.counters.forced),
  ),
  counter('sluice_handled_total', 'messages', 'Messages handled', [], ({ services }) =>
    one(services.system.counters.handled),
  ),
  counter(
    'sluice_dead_letters_total',
    'messages',
    'Messages to the dead, and those that died with their receiver',
    [],
    ({ services }) => one(services.system.counters.deadLetters),
  ),
  counter(
    'sluice_overflowed_total',
    'messages',
    'Messages that a full mailbox refused or dropped',
    [],
    ({ services }) => one(services.system.counters.overflowed),
  ),
  gauge('sluice_timers', 'timers', 'Timers that wait on the wheel', [], ({ services }) =>
    one(services.system.wheel.size),
  ),
  gauge('sluice_listeners', 'listeners', 'Listeners to named events', [], (reading) =>
    one(reading.listeners),
  ),
]

/** The bounds of every spread, each under its key. The dead are in no state that they could leave. */
function byKey(label: string, spreads: ReadonlyMap<string, Spread>): Sample[] {
  return alive(spreads).flatMap(([key, figures]) => spread(figures, { [label]: key }))
}

function longest(spreads: ReadonlyMap<string, Spread>): [string, number][] {
  return alive(spreads).map(([key, { max }]) => [key, max])
}

function alive(spreads: ReadonlyMap<string, Spread>): [string, Spread][] {
  return [...spreads].filter(([key]) => key !== 'dead')
}
