import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SlowOptions } from '../../src/room-options.ts'
import { Fanout, type Receiver } from '../../src/rooms/fanout.ts'
import { createRig, type Rig, Turns } from '../support/outlet.ts'

const strict: SlowOptions = { policy: 'disconnect', maxBytes: 1_000_000, maxAgeMs: 500 }

interface Member extends Rig, Receiver {
  /** What it must have seen. */
  expected: string[]
}

function createRoom(slow: SlowOptions = strict) {
  const turns = new Turns()
  const counters = { deliveries: 0, dropped: 0 }
  const fanout = new Fanout<Member>(turns.writer, slow, counters)
  const member = (): Member => {
    const rig = createRig({}, 65_536, turns)
    rig.outlet.open('hello')
    return { ...rig, place: -1, expected: [] }
  }
  return { turns, counters, fanout, member }
}

describe('a room of this node', () => {
  test('gives every member exactly what came between its enter and its leave, in order', async () => {
    const who = fc.nat({ max: 7 })
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('enter' as const), who }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), who }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const), who }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { turns, counters, fanout, member } = createRoom()
        const members = Array.from({ length: 8 }, member)
        const inside = new Set<Member>()
        const departures: boolean[] = []
        let deliveries = 0
        for (const [i, { do: what, who: index }] of steps.entries()) {
          const each = members[index]!
          if (what === 'turn') turns.end()
          else if (what === 'add') {
            fanout.add(`m${i}`, '')
            for (const one of inside) one.expected.push(`m${i}`)
            deliveries += inside.size
          } else if (what === 'leave') {
            departures.push(fanout.leave(each) === inside.delete(each), each.place === -1)
          } else if (!inside.has(each)) {
            fanout.enter(each)
            inside.add(each)
          }
          // Swap-remove: everyone knows its place.
          expect(new Set(fanout.receivers)).toEqual(inside)
          for (const [place, one] of fanout.receivers.entries()) expect(one.place).toBe(place)
        }
        turns.end()
        expect(departures).not.toContain(false)
        expect(counters).toEqual({ deliveries, dropped: 0 })
        for (const each of members) {
          // oxlint-disable-next-line no-await-in-loop -- one by one
          await each.socket.drain()
          expect(each.socket.messages).toEqual(['hello', ...each.expected])
        }
      }),
    )
  })

  test('encodes and frames once: all members share the very same bytes', () => {
    const { turns, fanout, member } = createRoom()
    const members = Array.from({ length: 5 }, member)
    for (const each of members) fanout.enter(each)
    turns.end()
    fanout.add('a', '')
    fanout.add('b', '')
    turns.end()
    const [first] = members
    const frames = first!.socket.passed[1]![0]
    for (const each of members) expect(each.socket.passed[1]![0]).toBe(frames)
    expect(first!.socket.messages).toEqual(['hello', 'a', 'b'])
  })

  test('gathers nothing while nobody is there', () => {
    const { turns, counters, fanout, member } = createRoom()
    fanout.add('unheard', '')
    const late = member()
    fanout.enter(late)
    turns.end()
    expect(late.socket.messages).toEqual(['hello'])
    expect(counters.deliveries).toBe(0)
  })

  test.each(['drop-oldest', 'latest'] as const)(
    'that is tolerant (%s) writes to those who read, and parks for those who do not',
    async (policy) => {
      const { turns, counters, fanout, member } = createRoom({ ...strict, policy })
      const [reads, stops] = [member(), member()]
      fanout.enter(reads)
      fanout.enter(stops)
      turns.end()
      stops.socket.open = false
      fanout.add('x'.repeat(70_000), 'big')
      turns.end()
      for (let i = 0; i < 3; i++) {
        fanout.add(`m${i}`, 'key')
        turns.end()
      }
      expect(reads.socket.messages.slice(2)).toEqual(['m0', 'm1', 'm2'])
      expect(counters.dropped).toBe(policy === 'latest' ? 2 : 0)
      await stops.socket.drain()
      expect(stops.socket.messages.slice(2)).toEqual(
        policy === 'latest' ? ['m2'] : ['m0', 'm1', 'm2'],
      )
    },
  )

  test('lets what a strict room sends wait for as long as the room says', () => {
    const { turns, fanout, member } = createRoom({ ...strict, maxAgeMs: 123 })
    const stops = member()
    fanout.enter(stops)
    turns.end()
    stops.socket.open = false
    turns.now = 1_000
    fanout.add('x'.repeat(70_000), '')
    turns.end()
    expect(stops.outlet.dueAt).toBe(1_123)
  })
})
