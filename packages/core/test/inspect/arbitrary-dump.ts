// Dumps that nobody would take on purpose: what users' code calls things, it may call anything.

import * as fc from 'fast-check'
import { endCodes } from '../../src/ends.ts'
import type { ActorRow, Dump, FlightRow, TombstoneRow, WaitRow } from '../../src/inspect/dump.ts'
import { eventNames, states } from '../../src/lifecycle.ts'
import type { Site } from '../../src/sites.ts'
import { waitClasses } from '../../src/table.ts'

/** Some that have gone wrong before or could, and whatever else. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    'lobby',
    'user 42',
    'rooms/lobby',
    'mailbox 3',
    'handled',
    'true',
    '12',
    '-Infinity',
    ' led',
    'a  b',
    'trailing ',
    '"quoted"',
    'a\nb',
    '\r\n',
    '\u2028',
    '\u0085',
    '\ud800',
    '…',
    'x] mailbox 1',
    'a, b (dead)',
    'at x',
    'the system',
    'such as',
    '__proto__',
    'é ü 房间',
    '✓',
    'l'.repeat(300),
    '😀'.repeat(120),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

const id = fc
  .tuple(fc.nat({ max: 0xffffff }), fc.nat({ max: 3 }))
  .map(([row, generation]) => row.toString(16) + (generation === 0 ? '' : `.${generation}`))

const ms = fc.oneof(
  fc.double({ min: 0, max: 5_000, noNaN: true }),
  fc.double({ min: 0, max: 1e10, noNaN: true }),
  fc.constantFrom(0, 999.5, 999.4999, 119_499, 119_500, 7_169_999, 7_170_000, 7_199_999),
)

const signedMs = fc.tuple(ms, fc.boolean()).map(([size, minus]) => (minus ? -size : size))

const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 40))

const number = fc.oneof(
  count,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, 1e-7, -0),
)

const scalar = fc.oneof(text, number, fc.constantFrom(NaN, Infinity, true, false, null))

const frames = fc.array(fc.record({ function: text, at: text }), { maxLength: 3 })

const wait: fc.Arbitrary<WaitRow> = fc.record(
  {
    class: fc.constantFrom(...waitClasses.slice(1)),
    target: text,
    actor: id,
    dead: fc.constant(true as const),
    ms,
    leftMs: signedMs,
  },
  { requiredKeys: ['class', 'target', 'ms'] },
)

const actor: fc.Arbitrary<ActorRow> = fc.record(
  {
    id,
    behavior: text,
    label: text,
    state: fc.constantFrom('idle' as const, 'running' as const),
    ms,
    ageMs: ms,
    wait,
    message: text,
    parent: fc.oneof(fc.constant(''), id),
    mailbox: count,
    handled: count,
    restarts: fc.nat({ max: 2 }),
    site: fc.nat({ max: 40 }),
    deadlineMs: signedMs,
    ending: text,
    endedMs: ms,
    orphan: fc.constant(true as const),
    restarted: text,
    timers: count,
    stack: frames,
    more: fc.dictionary(text, scalar, { maxKeys: 4 }),
    later: fc.constantFrom('moved' as const, 'gone' as const),
  },
  {
    requiredKeys: [
      'id',
      'behavior',
      'label',
      'state',
      'ms',
      'ageMs',
      'parent',
      'mailbox',
      'handled',
      'restarts',
      'site',
    ],
  },
)

const tombstone: fc.Arbitrary<TombstoneRow> = fc.record(
  {
    id,
    behavior: text,
    label: text,
    parent: id,
    code: fc.constantFrom(...endCodes),
    end: text,
    agoMs: ms,
    livedMs: ms,
    handled: count,
    restarts: fc.nat({ max: 2 }),
    trail: fc.array(fc.oneof(fc.constantFrom('running', 'waiting(socket)', 'dead'), text), {
      maxLength: 4,
    }),
  },
  {
    requiredKeys: [
      'id',
      'behavior',
      'label',
      'code',
      'end',
      'agoMs',
      'livedMs',
      'handled',
      'restarts',
      'trail',
    ],
  },
)

const flight: fc.Arbitrary<FlightRow> = fc.record(
  {
    agoMs: ms,
    actor: id,
    behavior: text,
    event: fc.constantFrom(...eventNames),
    from: fc.constantFrom(...states),
    to: fc.constantFrom(...states),
    wait: fc.constantFrom(...waitClasses.slice(1)),
  },
  { requiredKeys: ['agoMs', 'actor', 'behavior', 'event', 'from', 'to'] },
)

/** Each below one that came before; deeper than what the text tells. */
const sites: fc.Arbitrary<Record<string, Site>> = fc
  .array(
    fc.record({ up: fc.nat({ max: 2 }), behavior: text, spawner: text, message: text, line: text }),
    {
      maxLength: 40,
    },
  )
  .map((list) =>
    Object.fromEntries(
      list.map(({ up, ...site }, i) => [
        i + 1,
        { code: i + 1, parent: Math.max(0, i - up), ...site },
      ]),
    ),
  )

const counts = fc.dictionary(fc.constantFrom('spawned', 'handled', 'forced'), count)

export const arbitraryDump: fc.Arbitrary<Dump> = fc.record(
  {
    schema: fc.constant('sluice.dump/1' as const),
    takenAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    uptimeMs: ms,
    tookMs: fc.double({ min: 0, max: 100, noNaN: true }),
    node: fc.record({ name: text, uid: text, pid: count, host: text, version: text }),
    reason: fc.record(
      {
        trigger: fc.constantFrom('signal' as const, 'slo' as const, 'stall' as const),
        detail: text,
        value: number,
        threshold: number,
      },
      { requiredKeys: ['trigger'] },
    ),
    total: fc.nat({ max: 8 }),
    matched: fc.nat({ max: 8 }),
    described: fc.constantFrom('later' as const, 'never' as const),
    lateMs: ms,
    actors: fc.array(actor, { maxLength: 5 }),
    population: fc.record({ idle: count, running: count, waiting: count, dead: fc.constant(0) }),
    orphans: count,
    sites,
    ends: fc.dictionary(fc.constantFrom(...endCodes), fc.nat({ max: 2 })),
    counters: counts,
    tombstones: fc.array(tombstone, { maxLength: 3 }),
    stack: frames,
    flight: fc.array(flight, { maxLength: 3 }),
    facts: fc.dictionary(text, fc.oneof(text, number), { maxKeys: 3 }),
    error: text,
    notes: fc.array(text, { maxLength: 2 }),
  },
  {
    requiredKeys: [
      'schema',
      'takenAt',
      'uptimeMs',
      'tookMs',
      'total',
      'actors',
      'population',
      'orphans',
      'sites',
      'ends',
      'counters',
      'tombstones',
    ],
  },
)
