import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPayload, leastPayloadBytes, mark, stampAt } from '../swarm/payload.ts'
import { Tally } from '../swarm/tally.ts'

const payloadBytes = 64
const body = createPayload(payloadBytes)(0)

/** What servers put around a body, before and after it; the mark is in none. */
const around = fc.tuple(envelope(200), envelope(200))

describe('a tally', () => {
  test('finds every message once, whatever stands around them and wherever the pieces are cut', () => {
    const streams = fc.array(around, { maxLength: 30 })
    fc.assert(
      fc.property(streams, fc.array(fc.nat(20_000), { maxLength: 10 }), (messages, at) => {
        const stream = Buffer.from(
          messages.map(([before, after]) => before + body + after).join(''),
        )
        const ends = [...at.map((each) => each % (stream.length + 1)), stream.length].toSorted(
          (a, b) => a - b,
        )
        const tally = new Tally(payloadBytes)
        const found = ends.map((end, i) => tally.count(stream, ends[i - 1] ?? 0, end))
        expect(found.reduce((sum, each) => sum + each, 0)).toBe(messages.length)
      }),
    )
  })

  test('jumps by a stride that it learnt, and never over a shorter message that follows', () => {
    const long = 'x'.repeat(payloadBytes - 1) + body
    const tally = new Tally(payloadBytes)
    expect(count(tally, long.repeat(5))).toBe(5)
    expect(count(tally, long.repeat(2) + body.repeat(7) + long)).toBe(10)
    // Two bodies apart: a jump from a mark to the next would land on the second of two short ones.
    const wide = 'x'.repeat(payloadBytes) + body
    expect(count(new Tally(payloadBytes), wide.repeat(3) + body.repeat(8))).toBe(11)
  })

  test('sees nothing beyond the end of its piece', () => {
    const stream = Buffer.from(body + body)
    const tally = new Tally(payloadBytes)
    expect(tally.count(stream, 0, payloadBytes)).toBe(1)
    expect(tally.count(stream, payloadBytes, payloadBytes + 3)).toBe(0)
    expect(tally.first).toBe(-1)
  })
})

describe('a payload', () => {
  test('is a JSON object of exactly the size asked for, with one mark and its stamp', () => {
    const sizes = fc.integer({ min: leastPayloadBytes, max: 5000 })
    fc.assert(
      fc.property(sizes, fc.nat(2 ** 31), (size, us) => {
        const bytes = Buffer.from(createPayload(size)(us))
        expect(bytes.length).toBe(size)
        expect(typeof JSON.parse(bytes.toString())).toBe('object')
        expect(bytes.filter((byte) => byte === mark).length).toBe(1)
        expect(stampAt(bytes, bytes.indexOf(mark), bytes.length)).toBe(us)
      }),
    )
  })

  test('gives no stamp where the piece ends before it', () => {
    const bytes = Buffer.from(body)
    expect(stampAt(bytes, bytes.indexOf(mark), bytes.indexOf(mark) + 5)).toBeNaN()
  })
})

function count(tally: Tally, text: string): number {
  const bytes = Buffer.from(text)
  return tally.count(bytes, 0, bytes.length)
}

function envelope(maxLength: number): fc.Arbitrary<string> {
  return fc.nat(maxLength).map((size) => '{"id":1}\n'.repeat(30).slice(0, size))
}
