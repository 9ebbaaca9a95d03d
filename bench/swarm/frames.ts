// WebSocket frames without a library: whole text frames out, whatever pieces a read brings in.
//
//   read ──▶ …tail of a frame│frame│frame│head of the next…
//              data(last)      data  data  data(first)
//
// A long payload is handed on piece by piece as it arrives and never copied. Only what is short and cut (a header, a
// control frame, a small data frame) is kept until the rest is there, so that a heartbeat is never seen in halves.

const text = 0x81
const pong = 0x8a
const close = 0x88
const masked = 0x80

// Any constant but zero, for which servers skip the work of unmasking.
const mask = [0x37, 0xfa, 0x21, 0x3d] as const

/** Where a reader's findings go. */
export interface FrameSink {
  /** A piece of a data frame, `bytes[from, to)`; valid only during the call. */
  data: (bytes: Buffer, from: number, to: number, first: boolean, last: boolean) => void
  /** A whole control frame; valid only during the call. */
  control: (opcode: number, payload: Buffer) => void
}

/** Cuts one connection's byte stream into frames. */
export class FrameReader {
  #left = 0
  #cut: Buffer | undefined

  read(chunk: Buffer, length: number, sink: FrameSink): void {
    let bytes = chunk
    let end = length
    if (this.#cut) {
      bytes = Buffer.concat([this.#cut, chunk.subarray(0, length)])
      end = bytes.length
      this.#cut = undefined
    }
    let at = 0
    if (this.#left > 0) {
      at = Math.min(end, this.#left)
      this.#left -= at
      sink.data(bytes, 0, at, false, this.#left === 0)
    }
    while (at < end) {
      const body = headerEnd(bytes, at, end)
      if (body < 0) {
        this.#cut = Buffer.from(bytes.subarray(at, end))
        return
      }
      const size = payloadSize(bytes, at)
      const to = Math.min(end, body + size)
      const opcode = bytes[at]! & 0x0f
      if (opcode & 0x08) {
        sink.control(opcode, bytes.subarray(body, to))
      } else {
        this.#left = body + size - to
        sink.data(bytes, body, to, true, this.#left === 0)
      }
      at = to
    }
  }
}

/** The index after the header at `at`, or -1 if that header, or the short frame it begins, is not all there yet. */
function headerEnd(bytes: Buffer, at: number, end: number): number {
  if (end - at < 2) return -1
  if (bytes[at]! & 0x70) throw new Error('the server uses an extension that was not negotiated')
  const size = bytes[at + 1]!
  if (size & masked) throw new Error('the server masks its frames')
  if (size < 126) return at + 2 + size <= end ? at + 2 : -1
  const body = at + (size === 126 ? 4 : 10)
  return body <= end ? body : -1
}

function payloadSize(bytes: Buffer, at: number): number {
  const size = bytes[at + 1]!
  if (size < 126) return size
  return size === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
}

/** One masked text frame per text, all in one buffer: what is sent in one turn is one write. */
export function textFrames(texts: readonly string[]): Buffer {
  let total = 0
  for (const each of texts) total += headerBytes(Buffer.byteLength(each)) + Buffer.byteLength(each)
  const bytes = Buffer.allocUnsafe(total)
  let at = 0
  for (const each of texts) at = writeFrame(bytes, at, text, each)
  return bytes
}

/** The answer to a ping, with its payload. */
export function pongFrame(payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(6 + payload.length)
  writeFrame(bytes, 0, pong, payload.toString('latin1'), 'latin1')
  return bytes
}

/** A close frame with code 1000. */
export function closeFrame(): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  writeFrame(bytes, 0, close, '\x03\xe8', 'latin1')
  return bytes
}

function headerBytes(size: number): number {
  return size < 126 ? 6 : size < 65_536 ? 8 : 14
}

function writeFrame(
  bytes: Buffer,
  at: number,
  first: number,
  payload: string,
  encoding: BufferEncoding = 'utf8',
): number {
  const size = Buffer.byteLength(payload, encoding)
  const body = at + headerBytes(size)
  bytes[at] = first
  if (size < 126) {
    bytes[at + 1] = masked | size
  } else if (size < 65_536) {
    bytes[at + 1] = masked | 126
    bytes.writeUInt16BE(size, at + 2)
  } else {
    bytes[at + 1] = masked | 127
    bytes.writeBigUInt64BE(BigInt(size), at + 2)
  }
  for (let i = 0; i < 4; i += 1) bytes[body - 4 + i] = mask[i]!
  bytes.write(payload, body, encoding)
  for (let i = 0; i < size; i += 1) bytes[body + i] = bytes[body + i]! ^ mask[i & 3]!
  return body + size
}
