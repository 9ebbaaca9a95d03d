import { describe, expect, test } from 'vitest'
import { defineBehavior } from '../../../src/behavior.ts'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { streamDump, type StreamOptions } from '../../../src/inspect/take/stream.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { printActors, printGroups } from '../../../src/inspect/text/text.ts'
import type { System } from '../../../src/system.ts'
import { createWorld, never } from '../../world.ts'

const room = defineBehavior({
  name: 'room',
  start: (_self, name: string) => ({ name, members: 3 }),
  receive: (_state, _message: { type: string }) => never<void>(),
  label: ({ name }) => `rooms/${name}`,
  describe: ({ members }) => ({ members }),
})

describe('a dump that is written while it is read', () => {
  async function join(system: System, options: StreamOptions): Promise<string> {
    let text = ''
    for await (const part of streamDump(system, options)) text += part
    return text
  }

  test('is the dump, as JSON or as text', async () => {
    const world = createWorld()
    const rooms = Array.from({ length: 100 }, (_, i) => world.system.spawn(room, `${i}`))
    await world.clock.advanceAsync(1_000)
    rooms[7]!.tell({ type: 'join' })
    rooms[8]!.stop()
    await world.settle()
    const about = { notes: ['a note'] }
    const dump = { ...takeDump(world.system), ...about, described: 'later', lateMs: 0 } as const
    const read = async (options: StreamOptions): Promise<string> => {
      // Every slice is over when it begins.
      const reading = join(world.system, { sliceMs: 0, about, ...options })
      await world.settle()
      return reading
    }
    expect(JSON.parse(await read({ form: 'json' }))).toEqual(dump)
    expect(await read({ form: 'text' })).toBe(printActors(dump))
    const grouped = { ...dump, actors: [], tombstones: [], groups: groupActors(dump) }
    const groups = { groups: true, tombstones: 0 }
    expect(JSON.parse(await read({ form: 'json', ...groups }))).toEqual(grouped)
    expect(await read({ form: 'text', ...groups })).toBe(printGroups(dump))
    const nobody = await read({ form: 'json', filter: { id: 'x' } })
    expect(JSON.parse(nobody)).toEqual({ ...dump, matched: 0, actors: [], sites: {} })
  })

  test('ends when nobody takes it any more', async () => {
    const world = createWorld()
    let rows = 0
    const counted = { ...room, describe: () => ({ rows: ++rows }) }
    for (let i = 0; i < 1_000; i++) world.system.spawn(counted, `${i}`)
    await world.settle()
    const reading = (async () => {
      for await (const part of streamDump(world.system, { form: 'text', sliceMs: 0 })) {
        if (part !== '' && rows > 0) return
      }
    })()
    await world.settle()
    await reading
    expect(rows).toBeLessThan(100)
  })
})
