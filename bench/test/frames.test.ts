import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader, textFrames } from '../swarm/frames.ts'

describe('a frame reader', () => {
  test('hands on every payload, whole and in order, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), cuts, (frames, at) => {
        const stream = Buffer.concat(frames.map(({ opcode, payload }) => encode(opcode, payload)))
        expect(readAll(pieces(stream, at))).toEqual(frames)
      }),
    )
  })

  test('never splits a frame that fits a short header', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 125 }), fc.nat(126), (size, cut) => {
        const stream = encode(1, Buffer.alloc(size, 'x'))
        const seen: [boolean, boolean][] = []
        const reader = new FrameReader()
        for (const piece of pieces(stream, [cut]))
          reader.read(piece, piece.length, {
            data: (_bytes, _from, _to, first, last) => seen.push([first, last]),
            control: () => {},
          })
        expect(seen).toEqual([[true, true]])
      }),
    )
  })

  test('reads no further than it is told, whatever the shared buffer still holds', () => {
    const stream = encode(1, Buffer.from('now'))
    const buffer = Buffer.concat([stream, encode(1, Buffer.from('stale'))])
    const texts: string[] = []
    new FrameReader().read(buffer, stream.length, {
      data: (bytes, from, to) => texts.push(bytes.toString('latin1', from, to)),
      control: () => {},
    })
    expect(texts).toEqual(['now'])
  })

  test('refuses what no honest server sends: masked frames and extensions nobody asked for', () => {
    const read = (bytes: number[]) => () =>
      new FrameReader().read(Buffer.from(bytes), bytes.length, {
        data: () => {},
        control: () => {},
      })
    expect(read([0x81, 0x81, 1, 2, 3, 4, 5])).toThrow('masks')
    expect(read([0xc1, 0x01, 0x41])).toThrow('extension')
  })
})

describe('outgoing frames', () => {
  test('are masked text frames that unmask to the texts, of any length', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string(),
        fc.nat(70_000).map((size) => 'é'.repeat(size)),
      ),
      {
        maxLength: 4,
      },
    )
    fc.assert(
      fc.property(texts, (given) => {
        expect(unmask(textFrames(given))).toEqual(given)
      }),
      { numRuns: 50 },
    )
  })
})

interface Frame {
  opcode: number
  payload: Buffer
}

const bytes = (max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array))

const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ opcode: fc.constant(1), payload: bytes(300) }),
  fc.record({
    opcode: fc.constant(1),
    payload: fc.nat(70_000).map((size) => Buffer.alloc(size, 7)),
  }),
  fc.record({ opcode: fc.constantFrom(8, 9, 10), payload: bytes(125) }),
)

const cuts = fc.array(fc.nat(200_000), { maxLength: 20 })

/** A server's frame: never masked. */
function encode(opcode: number, payload: Buffer): Buffer {
  const size = payload.length
  const header = size < 126 ? Buffer.alloc(2) : size < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  header[0] = 0x80 | opcode
  header[1] = size < 126 ? size : size < 65_536 ? 126 : 127
  if (size >= 65_536) header.writeBigUInt64BE(BigInt(size), 2)
  else if (size >= 126) header.writeUInt16BE(size, 2)
  return Buffer.concat([header, payload])
}

function pieces(stream: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((each) => each % (stream.length + 1)), stream.length].toSorted(
    (a, b) => a - b,
  )
  return ends.map((end, i) => stream.subarray(ends[i - 1] ?? 0, end))
}

function readAll(reads: readonly Buffer[]): Frame[] {
  const found: Frame[] = []
  const open: Buffer[] = []
  const reader = new FrameReader()
  for (const read of reads)
    reader.read(read, read.length, {
      data: (buffer, from, to, first, last) => {
        expect(first).toBe(open.length === 0)
        open.push(Buffer.from(buffer.subarray(from, to)))
        if (last) found.push({ opcode: 1, payload: Buffer.concat(open.splice(0)) })
      },
      control: (opcode, payload) => found.push({ opcode, payload: Buffer.from(payload) }),
    })
  return found
}

function unmask(stream: Buffer): string[] {
  const texts: string[] = []
  let at = 0
  while (at < stream.length) {
    expect(stream[at]).toBe(0x81)
    expect(stream[at + 1]! & 0x80).toBe(0x80)
    const short = stream[at + 1]! & 0x7f
    const size =
      short < 126
        ? short
        : short === 126
          ? stream.readUInt16BE(at + 2)
          : Number(stream.readBigUInt64BE(at + 2))
    const mask = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
    const body = Buffer.from(stream.subarray(mask + 4, mask + 4 + size))
    texts.push(body.map((byte, i) => byte ^ stream[mask + (i & 3)]!).toString())
    at = mask + 4 + size
  }
  return texts
}
