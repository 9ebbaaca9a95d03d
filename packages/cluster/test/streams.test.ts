import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Streams } from '../src/streams.ts'

const options = { size: 5, ttlMs: 100 }
const bare = 512 // what an empty stream counts for

function create(maxBytes: number): { streams: Streams; evicted: string[] } {
  const evicted: string[] = []
  let epochs = 0
  const streams = new Streams({
    metaTtlMs: 1_000,
    maxBytes,
    nextEpoch: () => `e${++epochs}`,
    onEvicted: (room) => evicted.push(room),
  })
  return { streams, evicted }
}

describe('streams', () => {
  it('a sweep frees what has expired and drops what has lapsed, a few streams at a time', () => {
    const { streams } = create(1_000_000)
    for (let i = 0; i < 100; i++) streams.append(`room:${i}`, { data: 'x' }, options, 0)
    const full = streams.bytes
    streams.sweep(100, 40)
    expect(streams.bytes).toBe(full - (40 * (full - 100 * bare)) / 100)
    streams.sweep(100, 60)
    expect([streams.size, streams.bytes]).toEqual([100, 100 * bare])
    streams.append('room:7', { data: 'x' }, options, 999)
    streams.sweep(1_000, 30)
    expect(streams.size).toBeLessThan(100)
    streams.sweep(1_000, 200)
    expect(streams.size).toBe(1)
    expect(streams.read('room:7', {}, options, 1_000)).toMatchObject({ epoch: 'e8', offset: 2 })
  })

  it('a stream that has lapsed is a new one also before any sweep', () => {
    const { streams } = create(1_000_000)
    expect(streams.append('room', { data: 'x' }, options, 0)).toEqual({ offset: 1, epoch: 'e1' })
    expect(streams.append('room', { data: 'x' }, options, 999)).toEqual({ offset: 2, epoch: 'e1' })
    expect(streams.append('room', { data: 'x' }, options, 1_999)).toEqual({
      offset: 1,
      epoch: 'e2',
    })
    expect(streams.size).toBe(1)
  })

  it('the stream in use is never evicted, even when it alone is too much', () => {
    const { streams, evicted } = create(2_000)
    streams.append('small', { data: 'x' }, options, 0)
    streams.append('large', { data: 'x'.repeat(5_000) }, options, 1)
    expect(evicted).toEqual(['small'])
    expect(streams.read('large', {}, options, 1).publications).toHaveLength(1)
  })

  it('stays within its bytes and counts them right, whatever happens', () => {
    const act = fc.record({
      do: fc.constantFrom('append', 'append', 'append', 'read', 'remove', 'sweep'),
      room: fc.nat(12).map((n) => `room:${n}`),
      length: fc.nat(600),
      ms: fc.oneof(fc.constant(0), fc.nat(600)),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const maxBytes = 5_000
        const { streams } = create(maxBytes)
        const counts = new Map<string, number>()
        let now = 0
        for (const { do: what, room, length, ms } of acts) {
          now += ms
          if (what === 'sweep') streams.sweep(now, 3)
          else if (what === 'remove') streams.remove(room)
          else if (what === 'append') {
            const { epoch } = streams.append(room, { data: 'x'.repeat(length) }, options, now)
            counts.set(epoch, (counts.get(epoch) ?? 0) + 1)
          }
          const { offset, epoch } = streams.read(room, { limit: 0 }, options, now)
          expect(offset).toBe(counts.get(epoch) ?? 0)
          // One stream of five long publications may be all there is.
          expect(streams.bytes <= maxBytes || streams.size === 1).toBe(true)
        }
        expect(streams.bytes).toBeGreaterThanOrEqual(streams.size * bare)
        // When everything has lapsed the account is empty too.
        streams.sweep(now + 10_000, 1_000)
        expect([streams.size, streams.bytes]).toEqual([0, 0])
      }),
      { numRuns: 300 },
    )
  })
})
