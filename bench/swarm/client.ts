// One WebSocket client on a bare TCP socket: shakes hands, says its dialect's hello, then hands on what it reads.
//
//   connecting ──101──▶ greeting ──last step──▶ ready ──▶ closed
//
// All clients of the process read into the same buffer: what a read brings is counted before the next one begins, so a
// client costs no memory for reading and a delivery none at all.

import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Dialect, Step } from './dialect.ts'
import { closeFrame, FrameReader, type FrameSink, pongFrame, textFrames } from './frames.ts'

const readBytes = 256 * 1024
const shared = Buffer.allocUnsafeSlow(readBytes)

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = createHash('sha1')
  .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest('base64')

const opClose = 0x8
const opPing = 0x9
const newline = 0x0a

/** What a load does with its clients. */
export interface ClientUse {
  ready: (client: Client) => void
  /** A piece of a data frame. */
  data: (client: Client, bytes: Buffer, from: number, to: number) => void
  /** The end, with the code of the server's close frame, or 1006 where there was none. */
  closed: (client: Client, code: number) => void
}

export class Client implements FrameSink {
  state: 'connecting' | 'greeting' | 'ready' | 'closed' = 'connecting'
  readonly #socket: Socket
  readonly #dialect: Dialect
  readonly #steps: Step[]
  readonly #use: ClientUse
  readonly #reader = new FrameReader()
  readonly #ping: Buffer
  #step = 0
  #heard = ''
  #code = 1006
  #closing = false

  constructor(port: number, dialect: Dialect, steps: Step[], use: ClientUse) {
    this.#dialect = dialect
    this.#steps = steps
    this.#use = use
    this.#ping = Buffer.from(dialect.ping)
    const onread = { buffer: shared, callback: (size: number) => this.#read(size) }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }, () =>
      this.#upgrade(port),
    )
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => this.#closed())
  }

  /** Sends each text as a frame of its own, all in one write. */
  send(texts: readonly string[]): void {
    this.#socket.write(textFrames(texts))
  }

  /** Starts the closing handshake; the server ends the connection. */
  close(): void {
    this.#closing = true
    this.#socket.write(closeFrame())
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket.resetAndDestroy()
  }

  data(bytes: Buffer, from: number, to: number, first: boolean, last: boolean): void {
    if (this.state === 'greeting') this.#greet(bytes.toString('latin1', from, to), last)
    else this.#use.data(this, bytes, from, to)
    if (last && this.#endsInPing(bytes, from, to, first)) this.send([this.#dialect.pong])
  }

  control(opcode: number, payload: Buffer): void {
    if (opcode === opPing) this.#socket.write(pongFrame(payload))
    if (opcode !== opClose) return
    if (payload.length >= 2) this.#code = payload.readUInt16BE(0)
    if (!this.#closing) this.close()
  }

  #upgrade(port: number): void {
    this.#socket.write(
      `GET ${this.#dialect.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
  }

  #read(size: number): boolean {
    if (this.state === 'connecting') this.#shake(shared.toString('latin1', 0, size))
    else if (this.state !== 'closed') this.#reader.read(shared, size, this)
    return true
  }

  #shake(text: string): void {
    this.#heard += text
    const end = this.#heard.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#heard.slice(0, end)
    const rest = Buffer.from(this.#heard.slice(end + 4), 'latin1')
    if (!head.startsWith('HTTP/1.1 101') || !head.includes(accept)) {
      this.#socket.destroy()
      return
    }
    this.state = 'greeting'
    this.#heard = ''
    this.#say()
    if (rest.length > 0) this.#reader.read(rest, rest.length, this)
  }

  /** Says the step at hand, or is ready after the last. */
  #say(): void {
    const step = this.#steps[this.#step]
    if (!step) {
      this.state = 'ready'
      this.#use.ready(this)
    } else if (step.send !== undefined) {
      this.send([step.send])
    }
  }

  #greet(text: string, last: boolean): void {
    this.#heard += text
    if (!last) return
    const heard = this.#heard
    this.#heard = ''
    const step = this.#steps[this.#step]
    if (!step || !heard.includes(step.until)) return
    this.#step += 1
    this.#say()
  }

  /** Whether the last line of a frame is the heartbeat; servers that join messages may put it behind others. */
  #endsInPing(bytes: Buffer, from: number, to: number, first: boolean): boolean {
    const ping = this.#ping
    const start = to - ping.length
    if (start < from) return false
    for (let i = 0; i < ping.length; i += 1) if (bytes[start + i] !== ping[i]) return false
    return start === from ? first : bytes[start - 1] === newline
  }

  #closed(): void {
    this.state = 'closed'
    this.#use.closed(this, this.#code)
  }
}

/** Opens `count` clients, at most `atOnce` of them opening at a time; resolves with the number that failed. */
export function openAll(
  count: number,
  open: (index: number, settled: (ready: boolean) => void) => void,
  atOnce = 64,
): Promise<number> {
  return new Promise((resolve) => {
    let next = 0
    let done = 0
    let failed = 0
    const settled = (ready: boolean): void => {
      done += 1
      if (!ready) failed += 1
      if (done === count) resolve(failed)
      else if (next < count) open(next++, settled)
    }
    if (count === 0) resolve(0)
    while (next < Math.min(count, atOnce)) open(next++, settled)
  })
}
