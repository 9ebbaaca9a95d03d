// Who checks the checker: histories in which all is well have no findings, and whatever is done to one of them is found.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHistory, type FindingKind } from '../support/cluster/checker.ts'
import { goodHistories } from '../support/cluster/good-history.ts'
import type { HistoryEvent } from '../support/cluster/history.ts'

type Of<Type> = Extract<HistoryEvent, { type: Type }>
type Events = HistoryEvent[]

interface Mutation {
  /** Damages the history at one of the places where that can be noticed; undefined where there is none. */
  damage: (events: Events, pick: number) => Events | undefined
  /** One of these must be found. */
  found: readonly FindingKind[]
  /** Default true. */
  rollBacks?: boolean
}

const mutations: Record<string, Mutation> = {
  'a publication that one client misses': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, (event, i) => isReceived(event) && isMissed(events, i))
      return at === undefined ? undefined : events.toSpliced(at, 1)
    },
    found: ['silent_gap', 'false_recovery', 'lost'],
  },
  'the last publications, missed by one client': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, isReceived)
      if (at === undefined) return undefined
      const { client, room } = events[at] as Of<'received'>
      return events.filter(
        (event, i) =>
          i < at || !(isReceived(event) && event.client === client && event.room === room),
      )
    },
    found: ['silent_gap', 'false_recovery', 'lost'],
  },
  'a publication that comes twice': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, isReceived)
      return at === undefined ? undefined : events.toSpliced(at, 0, events[at]!)
    },
    found: ['duplicate'],
  },
  'two publications in the wrong order': {
    damage: (events, pick) => {
      const isPair = (event: HistoryEvent, i: number): boolean =>
        isReceived(event) && events[nextOf(events, i)]?.type === 'received'
      const at = pickFrom(events, pick, isPair)
      if (at === undefined) return undefined
      const after = nextOf(events, at)
      return events.with(at, events[after]!).with(after, events[at]!)
    },
    found: ['step_back'],
  },
  'an id that nobody published': {
    damage: (events, pick) => alter(events, pick, isReceived, { id: 'nobody' }),
    found: ['unexpected'],
  },
  'an id of another room': {
    damage: (events, pick) => alter(events, pick, isReceived, { room: 'room-2' }),
    found: ['unexpected', 'outside'],
  },
  'an id that is elsewhere in the stream': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, isReceived)
      if (at === undefined) return undefined
      const { room, id } = events[at] as Of<'received'>
      const other = events.find(
        (event) => isReceived(event) && event.room === room && event.id !== id,
      ) as Of<'received'> | undefined
      return other && events.with(at, { ...(events[at] as Of<'received'>), id: other.id })
    },
    found: ['two_offsets', 'disagreement', 'unexpected'],
    rollBacks: false,
  },
  'an acknowledgement with another offset': {
    damage: (events, pick) => alter(events, pick, hasPosition, { offset: 1_000 }),
    found: ['two_offsets', 'lost'],
    rollBacks: false,
  },
  'a publication of another epoch': {
    damage: (events, pick) => alter(events, pick, isReceived, { epoch: 'e0' }),
    found: ['epoch_mix'],
  },
  'a recovery that is said to be whole and is not': {
    damage: (events, pick) =>
      alter(events, pick, (event, i) => isRefused(event) && hasMoved(events, i), {
        recovered: true,
      }),
    found: ['false_recovery'],
  },
  'a recovery with a hole': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, hasRecovered)
      if (at === undefined) return undefined
      const event = events[at] as Of<'subscribed'>
      const publications = event.publications.toSpliced(pick % event.publications.length, 1)
      return events.with(at, { ...event, publications })
    },
    found: ['false_recovery'],
  },
  'a recovery that ends too early': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, (event, i) => hasRecovered(event) && isMissed(events, i))
      if (at === undefined) return undefined
      const event = events[at] as Of<'subscribed'>
      const publications = event.publications.slice(0, -1)
      return events.with(at, { ...event, publications, offset: event.offset - 1 })
    },
    found: ['silent_gap', 'false_recovery', 'lost'],
  },
  'a refused recovery that gives a part': {
    damage: (events, pick) =>
      alter(events, pick, isRefused, { publications: [{ offset: 1, id: 'room-0/1' }] }),
    found: ['partial_recovery'],
  },
  'a gap that nobody is told of': {
    damage: (events, pick) => {
      const isLastStart = (event: HistoryEvent, i: number): boolean =>
        isRefused(event) &&
        !events.some((each, j) => j > i && isRefused(each) && isSame(each, event))
      const at = pickFrom(events, pick, isLastStart)
      if (at === undefined) return undefined
      const out = events.findLastIndex((event, i) => i < at && nextOf(events, i) === at)
      return events.toSpliced(at, 1).toSpliced(out, 1)
    },
    found: ['silent_gap', 'lost', 'absent', 'two_offsets', 'false_recovery'],
  },
  'a publication for a client that has left': {
    damage: (events, pick) => {
      const at = pickFrom(
        events,
        pick,
        (event, i) => isReceived(event) && /told|left/.test(events[nextOf(events, i)]?.type ?? ''),
      )
      return at === undefined ? undefined : events.toSpliced(nextOf(events, at) + 1, 0, events[at]!)
    },
    found: ['outside'],
  },
  'a message that was acked and went nowhere': {
    damage: (events, pick) => {
      const at = events.findIndex(({ type }) => type === 'final')
      const message = { room: `room-${pick % 2}`, id: 'gone' }
      return events.toSpliced(at, 0, { type: 'invoked', ...message }, { type: 'acked', ...message })
    },
    found: ['lost'],
  },
  'a message that was refused and came': {
    damage: (events, pick) => {
      const came = new Set(events.filter(isReceived).map((event) => event.id))
      return alter(events, pick, (event) => event.type === 'acked' && came.has(event.id), {
        type: 'failed',
      })
    },
    found: ['unexpected'],
  },
  'a message that overtook one acked before it': {
    damage: overtake,
    // It may be seen even before it is published.
    found: ['reordered', 'unexpected'],
    rollBacks: false,
  },
  'a client that is present and not there': {
    damage: (events, pick) => alterPresent(events, pick, (ids) => [...ids, 'somebody']),
    found: ['ghost'],
  },
  'a client that is there and not present': {
    damage: (events, pick) => alterPresent(events, pick, (ids) => ids.slice(1)),
    found: ['missing'],
  },
  'a node that does not say who is present': {
    damage: (events, pick) => alterPresent(events, pick, () => undefined),
    found: ['unanswered'],
  },
  'a client that is not there at the end': {
    damage: (events, pick) => {
      const at = pickFrom(events, pick, ({ type }) => type === 'final')!
      const { client, room } = events[at] as Of<'final'>
      return events.toSpliced(at, 0, { type: 'left', client, room })
    },
    found: ['absent'],
  },
}

describe('a history in which all is well', () => {
  test.for([false, true])('has no findings, with streams that are lost: %s', (rollBacks) => {
    fc.assert(
      fc.property(goodHistories({ rollBacks }), (events) => {
        expect(checkHistory(events, { mayRollBack: rollBacks }).findings).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('is counted as it was', () => {
    fc.assert(
      fc.property(goodHistories({ rollBacks: true }), (events) => {
        const { tally } = checkHistory(events, { mayRollBack: true })
        const count = (is: (event: HistoryEvent) => boolean): number => events.filter(is).length
        expect(tally).toMatchObject({
          acked: count(({ type }) => type === 'acked'),
          unknown: count(({ type }) => type === 'unknown'),
          received: count(isReceived),
          recovered: count((event) => event.type === 'subscribed' && event.recovered === true),
          told: count(isRefused),
        })
      }),
    )
  })
})

describe('found in every history', () => {
  test.for(Object.entries(mutations))('%s', ([, { damage, found, rollBacks = true }]) => {
    fc.assert(
      fc.property(goodHistories({ rollBacks }), fc.nat(9_999), (events, pick) => {
        const damaged = damage(events, pick)
        fc.pre(damaged !== undefined)
        const kinds = checkHistory(damaged, { mayRollBack: rollBacks }).findings.map(
          ({ kind }) => kind,
        )
        expect(kinds).toSatisfy(
          () => kinds.some((kind) => found.includes(kind)),
          `${kinds.join(' ')} has one of ${found.join(' ')}`,
        )
      }),
      { numRuns: 3000 },
    )
  })

  test('a stream that was replaced, where none may be', () => {
    fc.assert(
      fc.property(goodHistories({ rollBacks: true }), (events) => {
        const epochs = new Set<string>()
        for (const event of events) {
          if ('epoch' in event) epochs.add(`${event.room} ${event.epoch}`)
        }
        const { findings } = checkHistory(events)
        expect(findings.some(({ kind }) => kind === 'replaced')).toBe(epochs.size > 2)
      }),
    )
  })
})

function isReceived(event: HistoryEvent): event is Of<'received'> {
  return event.type === 'received'
}

function isSame(one: HistoryEvent, other: HistoryEvent): boolean {
  const { client, room } = other as Of<'received'>
  return 'client' in one && one.client === client && one.room === room
}

function isRefused(event: HistoryEvent): boolean {
  return event.type === 'subscribed' && event.recovered === false
}

function hasRecovered(event: HistoryEvent): boolean {
  return event.type === 'subscribed' && event.publications.length > 0
}

function hasPosition(event: HistoryEvent): boolean {
  return event.type === 'acked' && event.offset !== undefined
}

/** One of the events of which this is true. */
function pickFrom(
  events: Events,
  pick: number,
  is: (event: HistoryEvent, at: number) => boolean,
): number | undefined {
  const places = events.flatMap((event, at) => (is(event, at) ? [at] : []))
  return places[pick % places.length]
}

function alter(
  events: Events,
  pick: number,
  is: (event: HistoryEvent, at: number) => boolean,
  change: object,
): Events | undefined {
  const at = pickFrom(events, pick, is)
  return at === undefined
    ? undefined
    : events.with(at, { ...events[at], ...change } as unknown as HistoryEvent)
}

/** The next event of the same client in the same room; -1 for none. */
function nextOf(events: Events, at: number): number {
  return events.findIndex((event, i) => i > at && isSame(event, events[at]!))
}

/** True if the client is let in at another place than where it was: a stream that forked may be as long as before. */
function hasMoved(events: Events, at: number): boolean {
  const { epoch, offset } = events[at] as Of<'subscribed'>
  const before = events.findLast(
    (event, i): event is Of<'received' | 'subscribed'> =>
      i < at && isSame(event, events[at]!) && /subscribed|received/.test(event.type),
  )
  return before?.offset !== offset || ('epoch' in before && before.epoch !== epoch)
}

/** True if the client is to rely on what it has got at this place. */
function isMissed(events: Events, at: number): boolean {
  for (let next = nextOf(events, at); next >= 0; next = nextOf(events, next)) {
    const event = events[next]!
    if (event.type === 'subscribed') return event.recovered === true
    if (event.type !== 'left' && event.type !== 'told') return true
  }
  return false
}

function alterPresent(
  events: Events,
  pick: number,
  change: (ids: readonly string[]) => readonly string[] | undefined,
): Events | undefined {
  const at = pickFrom(events, pick, ({ type }) => type === 'present')
  if (at === undefined) return undefined
  const event = events[at] as Of<'present'>
  return events.with(at, { ...event, ids: change(event.ids ?? []) })
}

/** Exchanges a message and a later one, wherever they were seen. */
function overtake(events: Events, pick: number): Events | undefined {
  const seen = events.filter(isReceived)
  const ids = new Map(seen.map((event) => [event.id, event.offset]))
  const isBefore = ({ type, id }: Of<'acked'>): boolean => type === 'acked' && ids.has(id)
  const first = pickFrom(events, pick, (event) => isBefore(event as Of<'acked'>))
  if (first === undefined) return undefined
  const a = events[first] as Of<'acked'>
  const later = events.find(
    (event, i) =>
      i > first && event.type === 'invoked' && event.room === a.room && ids.has(event.id),
  ) as Of<'invoked'> | undefined
  if (later === undefined || ids.get(later.id)! <= ids.get(a.id)!) return undefined
  const change = <T extends { id: string }>(event: T): T =>
    event.id === a.id
      ? { ...event, id: later.id }
      : event.id === later.id
        ? { ...event, id: a.id }
        : event
  const withoutPosition = ({ type, room, id }: Of<'acked'>): Of<'acked'> => ({ type, room, id })
  return events.map((event) => {
    if (event.type === 'received') return change(event)
    if (event.type === 'acked') return withoutPosition(event)
    if (event.type !== 'subscribed') return event
    return { ...event, publications: event.publications.map(change) }
  })
}
