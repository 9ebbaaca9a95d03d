// WebSocket frames as RFC 6455 section 5.2 has them, and as it forbids them.
//
//   fin · reserved × 3 · opcode │ masked · length (7 bits, 16 or 64 more) │ key │ payload

import { randomBytes } from 'node:crypto'

export interface FrameOptions {
  /** Default 1, text. */
  opcode?: number
  fin?: boolean
  masked?: boolean
  /** The three reserved bits, as a number from 0 to 7. */
  reserved?: number
  /** What the header says instead of the truth. */
  announced?: bigint
}

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** One frame around these bytes. */
export function encodeFrame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = opcodes.text, fin = true, masked = true, reserved = 0, announced } = options
  const body = Buffer.from(payload)
  const length = announced ?? BigInt(body.length)
  const extended = length < 126n ? 0 : length < 65_536n ? 2 : 8
  const header = Buffer.alloc(2 + extended + (masked ? 4 : 0))
  header[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  header[1] = (masked ? 0x80 : 0) | (extended === 0 ? Number(length) : extended === 2 ? 126 : 127)
  if (extended === 2) header.writeUInt16BE(Number(length), 2)
  if (extended === 8) header.writeBigUInt64BE(length, 2)
  if (masked) {
    const key = randomBytes(4)
    key.copy(header, 2 + extended)
    for (let i = 0; i < body.length; i++) body[i]! ^= key[i & 3]!
  }
  return Buffer.concat([header, body])
}

/** One message as several frames, cut before these places. */
export function encodeFragments(payload: string | Buffer, cuts: readonly number[]): Buffer {
  const body = Buffer.from(payload)
  const edges = [0, ...cuts, body.length]
  const parts = edges.slice(1).map((to, at) => body.subarray(edges[at], to))
  return Buffer.concat(
    parts.map((part, at) =>
      encodeFrame(part, {
        opcode: at === 0 ? opcodes.text : opcodes.continuation,
        fin: at === parts.length - 1,
      }),
    ),
  )
}

/** A close frame; without a reason just its code, without a code empty. */
export function encodeClose(code?: number, reason: string | Buffer = ''): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2)
  if (code !== undefined) payload.writeUInt16BE(code)
  return encodeFrame(Buffer.concat([payload, Buffer.from(reason)]), { opcode: opcodes.close })
}

/** Takes frames out of a server's stream of bytes, however it was cut. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The frames that these bytes complete. */
  read(bytes: Buffer): Frame[] {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Frame[] = []
    for (let frame = takeFrame(rest); frame !== undefined; frame = takeFrame(rest)) {
      frames.push(frame)
      rest = rest.subarray(frame.size)
    }
    this.#rest = rest
    return frames
  }
}

function takeFrame(bytes: Buffer): (Frame & { size: number }) | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < header) return undefined
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const size = header + length
  if (bytes.length < size) return undefined
  return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(header, size), size }
}
