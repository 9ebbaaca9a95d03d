// A TCP proxy between a node and its Redis that does to the link what networks do. Nodes need not know.
//
//   node ── toRedis ──▶ [ hold · cut after n bytes · delay · throttle ] ──▶ Redis
//        ◀── toClient ── [ …                    and: leave messages out ] ──

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { isMessage, RespReader } from './resp.ts'

export type Direction = 'toRedis' | 'toClient'

/** What is done to every connection in one direction. */
interface Weather {
  delayMs: number
  /** Infinity for no limit. */
  bytesPerSecond: number
  /** Nothing passes. */
  held: boolean
  messagesDropped: boolean
  cut: { bytes: number; done: () => void } | undefined
}

/** Bytes that a direction holds before it stops reading: little, so that the sender's own buffers fill up. */
const backlogBytes = 64 * 1_024
const pieceBytes = 16 * 1_024

/** Starts one; resolves when it takes connections. */
export async function startProxy(targetPort: number): Promise<RedisProxy> {
  const proxy = new RedisProxy(targetPort)
  await proxy.start()
  return proxy
}

export class RedisProxy implements AsyncDisposable {
  /** Where new connections lead: another server after a failover, for instance. */
  targetPort: number
  /** Connections taken since the start. */
  accepted = 0
  /** Messages left out. */
  dropped = 0
  /** Bytes handed on. */
  readonly passed: Record<Direction, number> = { toRedis: 0, toClient: 0 }
  #port = 0
  #server: Server | undefined = undefined
  readonly #links = new Set<Link>()
  readonly #weather: Record<Direction, Weather> = { toRedis: fair(), toClient: fair() }

  constructor(targetPort: number) {
    this.targetPort = targetPort
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  /** Connections that are open. */
  get open(): number {
    return this.#links.size
  }

  /** Listens, on the same port as before if there was one. */
  async start(): Promise<void> {
    const server = createServer((client) => this.#accept(client))
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Everything passes again, at once; what was held comes late, as TCP has it. */
  async pass(): Promise<void> {
    for (const weather of Object.values(this.#weather)) Object.assign(weather, fair())
    for (const link of this.#links) link.wake()
    if (this.#server === undefined) await this.start()
  }

  /** Connections are taken and stay open, and nothing passes in either direction. No close is told, either. */
  blackHole(): void {
    for (const weather of Object.values(this.#weather)) weather.held = true
    for (const link of this.#links) link.wake()
  }

  /** New connections are refused; those that are open stay. */
  refuse(): void {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    // It stops to listen at once, and ends with its last connection.
    server.close()
  }

  /** Resets every connection. */
  cut(): void {
    for (const link of this.#links) link.cut()
  }

  /**
   * Lets so many more bytes pass in this direction, whichever connection they are of, and then ends that connection.
   * Resolves when it did.
   */
  cutAfter(bytes: number, direction: Direction): Promise<void> {
    return new Promise((done) => {
      this.#weather[direction].cut = { bytes, done }
    })
  }

  /** Everything takes so much longer, each way. */
  delay(delayMs: number): void {
    for (const weather of Object.values(this.#weather)) weather.delayMs = delayMs
  }

  throttle(bytesPerSecond: number, direction: Direction): void {
    this.#weather[direction].bytesPerSecond = bytesPerSecond
  }

  /** Published messages no longer arrive; replies do, and also what confirms a subscription: the link looks well. */
  dropMessages(): void {
    this.#weather.toClient.messagesDropped = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server
    const closed = server && once(server, 'close')
    this.refuse()
    this.cut()
    await closed
  }

  #accept(client: Socket): void {
    this.accepted++
    const upstream = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true })
    client.setNoDelay(true)
    const link: Link = new Link(client, upstream, this.#weather, {
      onDropped: () => this.dropped++,
      onPassed: (bytes, direction) => (this.passed[direction] += bytes),
      onClosed: () => this.#links.delete(link),
    })
    this.#links.add(link)
  }
}

function fair(): Weather {
  return {
    ...{ delayMs: 0, bytesPerSecond: Infinity, held: false },
    ...{ messagesDropped: false, cut: undefined },
  }
}

interface LinkEvents {
  onDropped: () => void
  onPassed: (bytes: number, direction: Direction) => void
  onClosed: () => void
}

/** One connection of a node, and the one to Redis that goes with it. */
class Link {
  readonly #sockets: readonly [Socket, Socket]
  readonly #lanes: readonly [Lane, Lane]

  constructor(
    client: Socket,
    upstream: Socket,
    weather: Record<Direction, Weather>,
    { onDropped, onPassed, onClosed }: LinkEvents,
  ) {
    this.#sockets = [client, upstream]
    const reader = new RespReader()
    this.#lanes = [
      new Lane(client, upstream, {
        ...{ weather: weather.toRedis, onDropped },
        onPassed: (bytes) => onPassed(bytes, 'toRedis'),
      }),
      new Lane(upstream, client, {
        ...{ weather: weather.toClient, reader, onDropped },
        onPassed: (bytes) => onPassed(bytes, 'toClient'),
      }),
    ]
    for (const socket of this.#sockets) {
      socket.on('error', () => this.cut())
      socket.on('close', () => {
        if (client.destroyed && upstream.destroyed) onClosed()
      })
    }
  }

  wake(): void {
    for (const lane of this.#lanes) lane.flow()
  }

  cut(): void {
    for (const socket of this.#sockets) reset(socket)
    for (const lane of this.#lanes) lane.stop()
  }
}

interface LaneOptions {
  weather: Weather
  /** Where messages are to be told from replies. */
  reader?: RespReader
  onDropped: () => void
  onPassed: (bytes: number) => void
}

/** One direction of a link. */
class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #options: LaneOptions
  readonly #reader: RespReader | undefined
  readonly #queue: { bytes: Buffer; due: number }[] = []
  #queued = 0
  /** When the line has sent what it was given last. */
  #clear = 0
  #full = false
  #ended = false
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(from: Socket, to: Socket, options: LaneOptions) {
    this.#from = from
    this.#to = to
    this.#options = options
    this.#reader = options.reader
    from.on('data', (bytes) => this.#take(bytes))
    from.on('end', () => {
      this.#ended = true
      this.flow()
    })
    to.on('drain', () => {
      this.#full = false
      this.flow()
    })
    this.flow()
  }

  /** Sends what is due and reads what there is room for. */
  flow(): void {
    clearTimeout(this.#timer)
    const { held } = this.#options.weather
    if (!held) this.#send()
    if (held || this.#full || this.#queued > backlogBytes) this.#from.pause()
    else this.#from.resume()
    if (held || this.#to.destroyed) return
    const next = this.#queue[0]
    if (next !== undefined) {
      this.#timer = setTimeout(() => this.flow(), Math.max(1, next.due - performance.now()))
    } else if (this.#ended) this.#to.end()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#queue.length = 0
  }

  #take(bytes: Buffer): void {
    this.#enqueue(this.#reader === undefined ? bytes : this.#kept(this.#reader.read(bytes)))
    this.flow()
  }

  /** Whole frames alone pass, always: messages can be left out from any moment on. */
  #kept(frames: readonly Buffer[]): Buffer {
    if (!this.#options.weather.messagesDropped) return Buffer.concat(frames)
    const kept = frames.filter((frame) => !isMessage(frame))
    for (let i = kept.length; i < frames.length; i++) this.#options.onDropped()
    return Buffer.concat(kept)
  }

  #enqueue(bytes: Buffer): void {
    const { delayMs, bytesPerSecond } = this.#options.weather
    const now = performance.now()
    // A slow line delivers the first of a long frame long before the last.
    const most = bytesPerSecond === Infinity ? bytes.length : pieceBytes
    for (let at = 0; at < bytes.length; at += most) {
      const piece = bytes.subarray(at, at + most)
      this.#clear = Math.max(this.#clear, now) + (piece.length / bytesPerSecond) * 1_000
      this.#queue.push({ bytes: piece, due: this.#clear + delayMs })
      this.#queued += piece.length
    }
  }

  #send(): void {
    const { weather } = this.#options
    while (this.#isDue(this.#queue[0])) {
      const { bytes } = this.#queue.shift()!
      this.#queued -= bytes.length
      if (this.#to.destroyed) continue
      const { cut } = weather
      if (cut !== undefined && cut.bytes < bytes.length) {
        this.#cutAfter(bytes.subarray(0, cut.bytes), cut.done)
        return
      }
      if (cut !== undefined) cut.bytes -= bytes.length
      this.#options.onPassed(bytes.length)
      if (!this.#to.write(bytes)) this.#full = true
    }
  }

  /** Fair weather lets go of everything at once. */
  #isDue(next: { due: number } | undefined): boolean {
    const { delayMs, bytesPerSecond } = this.#options.weather
    if (next === undefined) return false
    return (delayMs === 0 && bytesPerSecond === Infinity) || next.due <= performance.now()
  }

  /** The last bytes arrive, and then an end: a reset on this side could overtake them. */
  #cutAfter(bytes: Buffer, done: () => void): void {
    this.#options.weather.cut = undefined
    this.stop()
    reset(this.#from)
    this.#to.end(bytes, done)
  }
}

/** A socket whose end is on its way cannot be reset any more: Node would keep its handle for ever. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
