// A client that hides nothing: it speaks the JSON protocol, comes back to any node with full jitter, recovers what it
// missed, and writes into the history what it sees, doubles and all.

import { WebSocket } from 'ws'
import type { History, Seen } from './history.ts'

export interface SwarmSettings {
  readonly history: History
  /** Where to connect this time: the `/connection/websocket` of any node. */
  readonly pickNode: () => string
  /** 0 to 1. */
  readonly random: () => number
  /** The longest pause before a new connection; the first is at most 100 ms. Default 2,000. */
  readonly retryMaxMs?: number
  /** A command without an answer for so long ends the connection. Default 5,000. */
  readonly commandTimeoutMs?: number
  /** The first connection is made after a part of this time. Default 0. */
  readonly spreadMs?: number
}

export type PublishOutcome = 'acked' | 'failed' | 'unknown'

interface Position {
  offset: number
  epoch: string
}

interface Publication {
  data: { id: string }
  offset?: number
}

interface SubscribeResult {
  epoch?: string
  offset?: number
  recovered?: boolean
  publications?: Publication[]
}

interface ErrorReply {
  code: number
  message: string
  temporary?: boolean
}

interface Message {
  id?: number
  error?: ErrorReply
  connect?: { client?: string; ping?: number }
  subscribe?: SubscribeResult
  push?: { channel: string; pub?: Publication; unsubscribe?: { code: number; reason: string } }
}

type Reply = Message | 'lost'

/** Beyond the interval between pings: the gateway and this process may both be late. */
const pingGraceMs = 8_000

export class SwarmClient {
  readonly name: string
  /** What no client should be told, such as that it made a mistake. */
  readonly faults: string[] = []
  /** Connections that ended, other than by `close`. */
  drops = 0
  /** Why the last one did, or was none. */
  trouble = ''
  readonly #settings: SwarmSettings
  readonly #rooms: Map<string, { inside: boolean; position: Position | undefined }>
  #socket: WebSocket | undefined = undefined
  #id: string | undefined = undefined
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #commands = 0
  #attempts = 0
  #pingMs = 25_000
  #silence: NodeJS.Timeout | undefined = undefined
  readonly #retries = new Set<NodeJS.Timeout>()
  #closed = false

  constructor(name: string, rooms: readonly string[], settings: SwarmSettings) {
    this.name = name
    this.#settings = settings
    this.#rooms = new Map(rooms.map((room) => [room, { inside: false, position: undefined }]))
    const { spreadMs = 0 } = settings
    if (spreadMs === 0) this.#connect()
    else this.#later(spreadMs, () => this.#connect())
  }

  /** What the node that it is connected to calls it. */
  get id(): string | undefined {
    return this.#id
  }

  /** Where it is connected to; absent while it is not. */
  get url(): string | undefined {
    return this.#id === undefined ? undefined : this.#socket?.url
  }

  /** True while it is in all of its rooms. */
  get settled(): boolean {
    return [...this.#rooms.values()].every(({ inside }) => inside)
  }

  get rooms(): string[] {
    return [...this.#rooms.keys()]
  }

  /** Where it stands in a room. */
  position(room: string): Position | undefined {
    return this.#rooms.get(room)?.position
  }

  /** Publishes over its connection. Without one it surely does not happen. */
  async publish(room: string, id: string): Promise<PublishOutcome> {
    const { history } = this.#settings
    history.add({ type: 'invoked', room, id })
    const socket = this.#socket
    let outcome: PublishOutcome = 'failed'
    if (socket?.readyState === WebSocket.OPEN && this.#attempts === 0) {
      const reply = await this.#call(socket, 'publish', { channel: room, data: { id } })
      if (reply === 'lost') outcome = 'unknown'
      else outcome = reply.error === undefined ? 'acked' : outcomeOf(reply.error)
    }
    history.add({ type: outcome, room, id })
    return outcome
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#silence)
    for (const retry of this.#retries) clearTimeout(retry)
    this.#socket?.terminate()
  }

  #connect(): void {
    const { pickNode, commandTimeoutMs = 5_000 } = this.#settings
    const socket = new WebSocket(pickNode(), { handshakeTimeout: commandTimeoutMs })
    this.#socket = socket
    socket.on('error', ({ message }) => (this.trouble = message))
    socket.on('open', () => void this.#greet(socket))
    socket.on('message', (bytes: Buffer) => {
      if (this.#socket !== socket) return
      this.#expectMore(socket)
      for (const line of bytes.toString().split('\n')) this.#hear(socket, line)
    })
    socket.on('close', (code) => {
      if (this.#socket === socket) this.#drop(code)
    })
  }

  async #greet(socket: WebSocket): Promise<void> {
    const reply = await this.#call(socket, 'connect', {})
    if (reply === 'lost') return
    if (reply.error !== undefined) {
      this.trouble = JSON.stringify(reply.error)
      if (!isTemporary(reply.error)) this.faults.push(`connect: ${JSON.stringify(reply.error)}`)
      socket.terminate()
      return
    }
    this.#attempts = 0
    this.#id = reply.connect?.client
    this.#pingMs = (reply.connect?.ping ?? 25) * 1_000
    this.#expectMore(socket)
    for (const room of this.#rooms.keys()) void this.#subscribe(socket, room)
  }

  async #subscribe(socket: WebSocket, room: string): Promise<void> {
    const state = this.#rooms.get(room)!
    const { position } = state
    const recover = position === undefined ? {} : { recover: true, ...position }
    await this.#call(
      socket,
      'subscribe',
      { channel: room, recoverable: true, ...recover },
      (reply) => {
        // At once, and not in a later turn: publications may follow in the same frame.
        if (reply === 'lost') return
        const { error, subscribe } = reply
        if (error !== undefined) {
          this.trouble = JSON.stringify(error)
          if (!isTemporary(error)) this.faults.push(`subscribe ${room}: ${JSON.stringify(error)}`)
          this.#later(200, () => void this.#subscribe(socket, room), socket)
          return
        }
        const { epoch = '', offset = 0, recovered = false, publications = [] } = subscribe ?? {}
        state.inside = true
        state.position = { epoch, offset }
        this.#settings.history.add({
          ...{ type: 'subscribed', client: this.name, room, epoch, offset },
          recovered: position === undefined ? undefined : recovered,
          publications: publications.map(seenOf),
        })
      },
    )
  }

  #hear(socket: WebSocket, line: string): void {
    if (line === '{}') {
      socket.send('{}')
      return
    }
    const message = JSON.parse(line) as Message
    const { id, push } = message
    if (id !== undefined) {
      this.#waiting.get(id)?.(message)
      return
    }
    const state = push && this.#rooms.get(push.channel)
    if (state === undefined || push === undefined) return
    const { history } = this.#settings
    const { channel: room, pub, unsubscribe } = push
    if (pub !== undefined) {
      const seen = seenOf(pub)
      history.add({ type: 'received', client: this.name, room, ...seen })
      if (state.position) state.position.offset = Math.max(state.position.offset, seen.offset)
    } else if (unsubscribe !== undefined) {
      const told = unsubscribe.code >= 2_500
      if (!told) this.faults.push(`unsubscribed from ${room}: ${JSON.stringify(unsubscribe)}`)
      state.inside = false
      history.add({ type: told ? 'told' : 'left', client: this.name, room })
      this.#later(100, () => void this.#subscribe(socket, room), socket)
    }
  }

  /** A command. `answered` hears the reply at once; the promise, as promises do, a little later. */
  #call(
    socket: WebSocket,
    method: string,
    request: object,
    answered?: (reply: Reply) => void,
  ): Promise<Reply> {
    const id = ++this.#commands
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        clearTimeout(late)
        this.#waiting.delete(id)
        answered?.(reply)
        resolve(reply)
      }
      const late = setTimeout(() => {
        this.trouble = `no answer to ${method}`
        socket.terminate()
      }, this.#settings.commandTimeoutMs ?? 5_000)
      this.#waiting.set(id, settle)
      socket.send(JSON.stringify({ id, [method]: request }))
    })
  }

  /** A gateway that says nothing for longer than its pings allow is gone. */
  #expectMore(socket: WebSocket): void {
    if (this.#silence !== undefined) {
      this.#silence.refresh()
      return
    }
    this.#silence = setTimeout(() => socket.terminate(), this.#pingMs + pingGraceMs)
  }

  #drop(code: number): void {
    this.#socket = undefined
    this.#id = undefined
    clearTimeout(this.#silence)
    this.#silence = undefined
    for (const answer of this.#waiting.values()) answer('lost')
    for (const [room, state] of this.#rooms) {
      if (state.inside) this.#settings.history.add({ type: 'left', client: this.name, room })
      state.inside = false
    }
    if (this.#closed) return
    this.drops++
    if ((code >= 3_500 && code < 4_000) || code >= 4_500) this.faults.push(`closed with ${code}`)
    const most = Math.min(this.#settings.retryMaxMs ?? 2_000, 100 * 2 ** this.#attempts++)
    this.#later(most, () => this.#connect())
  }

  /** After a part of this time; not at all if the connection is another by then. */
  #later(mostMs: number, act: () => void, socket?: WebSocket): void {
    const retry = setTimeout(() => {
      this.#retries.delete(retry)
      if (!this.#closed && this.#socket === socket) act()
    }, mostMs * this.#settings.random())
    this.#retries.add(retry)
  }
}

/** What is temporary may have happened or not. */
export function outcomeOf(error: ErrorReply): PublishOutcome {
  return isTemporary(error) ? 'unknown' : 'failed'
}

/** The server API does not say `temporary`. */
function isTemporary({ code, temporary }: ErrorReply): boolean {
  return temporary === true || code === 100 || code === 108 || code === 111
}

function seenOf({ data, offset = 0 }: Publication): Seen {
  return { offset, id: data.id }
}
