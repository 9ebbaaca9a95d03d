import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endCodes } from '../../../src/ends.ts'
import type { Dump } from '../../../src/inspect/dump.ts'
import { readFlight, readShared } from '../../../src/inspect/shared/read-shared.ts'
import { shareSystem } from '../../../src/inspect/shared/share.ts'
import { dumpSystem, takeDump } from '../../../src/inspect/take/take.ts'
import { eventNames, states } from '../../../src/lifecycle.ts'
import { waitClasses } from '../../../src/table.ts'
import { inert, open } from '../../actors.ts'
import { createWorld, never, type World } from '../../world.ts'
import { arbitraryDump } from '../arbitrary-dump.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/dump.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown> & { $defs: Record<string, { enum?: unknown }> }
// Formats are checked by hand, as a list of them is another package.
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': isDate },
})
const validate = ajv.compile(schema)

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text))
}

/** What the schema has against it, after it was sent as JSON. */
function complaints(dump: Dump): unknown[] {
  validate(JSON.parse(JSON.stringify(dump)))
  return validate.errors ?? []
}

/** Actors in all the states that rows tell of. */
async function populate(world: World): Promise<void> {
  const { system } = world
  system.sites.sample = 1
  const room = { ...open('room'), label: () => 'lobby', describe: () => ({ a: 1, b: null }) }
  const keeper = system.spawn(open('keeper'))
  keeper.tell((self) => {
    const child = self.spawn(room)
    child.tell((own) => own.wait('redis', 'publish', never()))
    child.tell(() => {})
    self.after(60_000, () => {})
    self.hold('ask', child, 90_000)
  })
  const fragile = system.spawn({ ...open('fragile'), restart: 'transient' as const })
  fragile.tell(() => {
    throw new Error('a bad day')
  })
  const gone = system.spawn(inert)
  keeper.tell((self) => void self.hold('ask', gone))
  await world.clock.advanceAsync(1_000)
  gone.stop()
  system.spawn({ ...room, stop: never }).stop('closed')
  await world.settle()
  // As if the timer that forces it were lost.
  const stuck = system.spawn({ ...inert, name: 'stuck', stop: never })
  await world.settle()
  stuck.stop()
  await world.settle()
  world.system.wheel.cancel(system.find(stuck.id)!.rare!.grace!)
  await world.clock.advanceAsync(7_000)
  system.context.setDeadline(world.clock.now() + 5_000)
}

describe('the schema of a dump', () => {
  test('is met by whatever is taken, however it is taken', async () => {
    const world = createWorld()
    await populate(world)
    const { system } = world
    const whole = takeDump(system)
    const keys = new Set(whole.actors.flatMap((actor) => Object.keys(actor)))
    for (const key of [
      'wait',
      'deadlineMs',
      'endedMs',
      'orphan',
      'restarted',
      'timers',
      'stack',
      'more',
    ])
      expect(keys, 'no actor of the test has it').toContain(key)
    expect(complaints(whole)).toEqual([])
    const later = dumpSystem(system, { filter: { state: 'waiting' } })
    const groups = dumpSystem(system, { groups: true })
    await world.settle()
    expect(complaints(await later)).toEqual([])
    expect(complaints(await groups)).toEqual([])
    expect(complaints(takeDump(system, { family: true, search: 'room', skip: 1 }))).toEqual([])
    const shared = shareSystem(system)
    const now = world.clock.now()
    const read = readShared(shared, { now, wall: world.clock.wall() })
    const flight = readFlight(shared, { now, lastMs: Infinity })
    expect(flight.length).toBeGreaterThan(10)
    expect(complaints({ ...read, flight })).toEqual([])
  })

  test('is met by all that a dump can hold', () => {
    fc.assert(
      fc.property(arbitraryDump, (dump) => {
        expect(complaints(dump)).toEqual([])
      }),
    )
  })

  test('refuses what no dump holds', () => {
    const dump = takeDump(createWorld().system)
    const [root] = dump.actors
    const wrong: object[] = [
      { ...dump, schema: 'sluice.dump/2' },
      { ...dump, weather: 'fine' },
      { ...dump, actors: [{ ...root, id: 'XYZ' }] },
      { ...dump, actors: [{ ...root, state: 'asleep' }] },
      { ...dump, actors: [{ ...root, message: { secret: 1 } }] },
      { ...dump, actors: [{ ...root, mailbox: -1 }] },
      { ...dump, sites: { one: {} } },
    ]
    const passed = wrong.filter((one) => complaints(one as Dump).length === 0)
    expect(passed).toEqual([])
  })

  test('knows the same words as the kernel', () => {
    expect(schema.$defs.state!.enum).toEqual(states)
    expect(schema.$defs.waitClass!.enum).toEqual(waitClasses.slice(1))
    const text = JSON.stringify(schema)
    for (const word of [...endCodes, ...eventNames]) expect(text).toContain(word)
  })
})
