// A WebSocket client that may break every rule: bytes go out as the test wrote them, and what comes back is told as it
// is. It answers pings and close frames unless told not to.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { encodeClose, encodeFrame, type FrameOptions, FrameReader, opcodes } from './frames.ts'

export interface RawOptions {
  /** Source address: one has only so many ports. Default 127.0.0.1. */
  from?: string
  /** Over those of a good handshake; undefined leaves one out. */
  headers?: Record<string, string | undefined>
  /** Default `GET`. */
  method?: string
  /** Default `HTTP/1.1`. */
  version?: string
  path?: string
  /** Default true. */
  answersPings?: boolean
  /** Default true. */
  answersClose?: boolean
  /** Hears every message in the place of `messages`, which then keeps none. */
  hear?: (message: string) => void
}

/** How a connection ended: a close frame's code and reason, or 1006 without one. */
export interface Closed {
  code: number
  reason: string
}

/** Opens a TCP connection and says nothing. */
export async function connectRaw(url: string, options: RawOptions = {}): Promise<RawClient> {
  const { hostname, port } = new URL(url)
  const socket = connectSocket({
    host: hostname,
    port: Number(port),
    localAddress: options.from ?? '127.0.0.1',
    noDelay: true,
  })
  await once(socket, 'connect')
  return new RawClient(socket, options)
}

/** Opens a TCP connection and asks for an upgrade; resolves with the answer, granted or not: see `status`. */
export async function openRaw(url: string, options: RawOptions = {}): Promise<RawClient> {
  const client = await connectRaw(url, options)
  client.write(handshake(url, options))
  await client.upgraded
  return client
}

/** The request for an upgrade. */
export function handshake(url: string, options: RawOptions = {}): string {
  const headers: Record<string, string | undefined> = {
    Host: new URL(url).host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...options.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) =>
    value === undefined ? '' : `${name}: ${value}\r\n`,
  )
  const { method = 'GET', path = '/connection/websocket', version = 'HTTP/1.1' } = options
  return `${method} ${path} ${version}\r\n${lines.join('')}\r\n`
}

interface Waiter {
  wanted: (message: string) => boolean
  found: (message: string) => void
  lost: (error: Error) => void
}

export class RawClient {
  readonly socket: Socket
  /** Settles with the answer to the upgrade, or when there will be none. */
  readonly upgraded: Promise<void>
  /** Settles with the close frame, or when the TCP connection is gone without one. */
  readonly goodbye: Promise<Closed>
  /** Settles when the TCP connection is gone. */
  readonly closed: Promise<Closed>
  /** The HTTP status of the upgrade: 101 when it was granted, 0 before any answer. */
  status = 0
  /** Messages, one by one, as the wire joins them. */
  readonly messages: string[] = []
  readonly #options: RawOptions
  readonly #frames = new FrameReader()
  #head: Buffer = Buffer.alloc(0)
  #end: Closed = { code: 1006, reason: '' }
  #waiters: Waiter[] = []
  #answered: () => void = () => {}
  #saidGoodbye: (closed: Closed) => void = () => {}
  #id = 0

  constructor(socket: Socket, options: RawOptions = {}) {
    this.socket = socket
    this.#options = options
    this.upgraded = new Promise((resolve) => {
      this.#answered = resolve
    })
    this.goodbye = new Promise((resolve) => {
      this.#saidGoodbye = resolve
    })
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#answered()
        this.#saidGoodbye(this.#end)
        for (const { lost } of this.#waiters.splice(0)) lost(this.#lostError())
        resolve(this.#end)
      })
    })
    socket.on('error', () => {})
    socket.on('data', (bytes) => this.#read(bytes))
  }

  /** Bytes as they are. */
  write(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** One frame around these bytes. */
  frame(payload: string | Buffer, options: FrameOptions = {}): void {
    this.socket.write(encodeFrame(payload, options))
  }

  /** A command; resolves with its reply. */
  async call(method: string, request: unknown): Promise<Record<string, unknown>> {
    const id = ++this.#id
    const reply = this.next((message) => message.startsWith(`{"id":${id},`))
    this.frame(JSON.stringify({ id, [method]: request }))
    return JSON.parse(await reply) as Record<string, unknown>
  }

  /** The next message for which this is true, from those to come. */
  next(wanted: (message: string) => boolean): Promise<string> {
    if (this.socket.destroyed) return Promise.reject(this.#lostError())
    return new Promise((found, lost) => this.#waiters.push({ wanted, found, lost }))
  }

  /** Stops reading: the peer's socket fills up. */
  stopReading(): void {
    this.socket.pause()
  }

  startReading(): void {
    this.socket.resume()
  }

  /** Ends with a TCP reset. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy()
    await this.closed
  }

  /** Ends with a close frame and waits for the answer. */
  async close(): Promise<Closed> {
    this.socket.write(encodeClose(1000))
    return await this.closed
  }

  #read(bytes: Buffer): void {
    const rest = this.status === 0 ? this.#readHead(bytes) : bytes
    if (rest === undefined || this.status !== 101) return
    for (const { opcode, payload } of this.#frames.read(rest)) {
      if (opcode === opcodes.text) {
        for (const message of payload.toString().split('\n')) this.#hear(message)
      } else if (opcode === opcodes.close) this.#hearClose(payload)
    }
  }

  /** What follows the head, once it is whole. */
  #readHead(bytes: Buffer): Buffer | undefined {
    this.#head = Buffer.concat([this.#head, bytes])
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    this.status = Number(this.#head.subarray(9, 12).toString())
    this.#answered()
    return this.#head.subarray(end + 4)
  }

  #hear(message: string): void {
    if (message === '{}' && this.#options.answersPings !== false) this.frame('{}')
    if (this.#options.hear === undefined) this.messages.push(message)
    else this.#options.hear(message)
    if (this.#waiters.length === 0) return
    const at = this.#waiters.findIndex(({ wanted }) => wanted(message))
    if (at >= 0) this.#waiters.splice(at, 1)[0]?.found(message)
  }

  #hearClose(payload: Buffer): void {
    this.#end = {
      code: payload.length >= 2 ? payload.readUInt16BE() : 1005,
      reason: payload.subarray(2).toString(),
    }
    this.#saidGoodbye(this.#end)
    if (this.#options.answersClose === false) return
    this.frame(payload.subarray(0, 2), { opcode: opcodes.close })
    this.socket.end()
  }

  #lostError(): Error {
    return new Error(`closed: ${this.#end.code} ${this.#end.reason}`)
  }
}
