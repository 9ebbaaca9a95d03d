// A connection: one actor per socket. Reading, writing and heartbeats are messages and a wheel, not tasks of their own.
//
//   frame ─▶ mailbox ─▶ commands, in order ─▶ replies ─▶ outlet
//                          └ a slow one (an ask, the bus) goes on beside; up to 8, then reading pauses
//   end: leave rooms ─▶ close frame ─▶ the socket is gone, or cut when its grace is over ─▶ dead

import type { ClientInfo } from '@sluice/cluster'
import {
  type Behavior,
  createEnd,
  type End,
  type Hold,
  isPromise,
  type Self,
  type Timer,
} from '@sluice/core'
import {
  closeReason,
  type Command,
  decodeFrame,
  type Decoded,
  type Disconnect,
  disconnects,
  encodeError,
  ProtocolError,
} from '@sluice/protocol'
import type { WebSocket } from 'ws'
import { count } from '../counters.ts'
import type { Member } from '../rooms/member.ts'
import type { Room } from '../rooms/room.ts'
import type { Services } from '../services.ts'
import { execute } from './commands.ts'
import { expireSubscription } from './subscriptions.ts'
import { Heartbeat, oneTickMs } from './heartbeat.ts'
import type { Inlet } from './inlet.ts'
import { type Item, Lane, type LaneOwner } from './lane.ts'
import { Outlet, type OutletOwner } from './outlet.ts'

/** A frame's text, or a fact about the socket. */
export type ConnectionMessage =
  | string
  /** The socket is gone. */
  | { type: 'closed'; code: number; reason: string }
  /** The peer broke the protocol; the close frame is on its way. */
  | { type: 'broken'; code: number; reason: string }
  | { type: 'expired' }
  | { type: 'subscription-expired'; room: string }

/** What a connection starts with. */
export interface Accepted {
  readonly services: Services
  readonly inlet: Inlet
}

/** One room the connection is in, or asks to be let into. */
export interface Subscription {
  readonly room: Room
  readonly member: Member
  /** False until the room has answered. */
  active: boolean
  /** Made by the server: the client hears of its end as a push. */
  readonly serverSide: boolean
  expiry: Timer | undefined
}

/** How long a peer that did not read may take to notice its close frame. */
const slowCloseMs = 1_000
/** How much longer the actor waits for its socket than the socket for its peer. */
const slackMs = 1_000

export class Connection implements OutletOwner, LaneOwner {
  readonly services: Services
  readonly inlet: Inlet
  readonly outlet: Outlet
  readonly self: Self<ConnectionMessage>
  readonly heartbeat: Heartbeat
  /** Empty until `connect` is accepted. */
  client = ''
  user = ''
  info: unknown = undefined
  expiry: Timer | undefined = undefined
  subscriptions: Map<string, Subscription> | undefined = undefined
  /** A connect is under way: what follows it waits. */
  connecting = false
  goodbye: Disconnect | undefined = undefined
  /** The peer ended it, with a code of its own choice. */
  #byPeer = false
  readonly #lane: Lane
  #hold: Hold | undefined = undefined
  #age: Timer | undefined = undefined
  /** What is overdue gets one more turn of the loop. */
  #lastLook = false
  socketClosed: (() => void) | undefined = undefined

  constructor(self: Self<ConnectionMessage>, accepted: Accepted) {
    const { services, inlet } = accepted
    this.self = self
    this.services = services
    this.inlet = inlet
    inlet.connection = this
    this.outlet = new Outlet(this, inlet.socket, services.writer, services.options.limits)
    this.heartbeat = new Heartbeat(this, services.system.wheel)
    this.#lane = new Lane(this, services.options.limits.commandConcurrency)
  }

  get connected(): boolean {
    return this.client !== ''
  }

  /** Who this is, as a room tells it to others. */
  clientInfo(chanInfo?: unknown): ClientInfo {
    const info: ClientInfo = { client: this.client, user: this.user }
    if (this.info !== undefined) info.connInfo = this.info
    if (chanInfo !== undefined) info.chanInfo = chanInfo
    return info
  }

  /** Ends the connection with this code. The first reason counts. */
  close(disconnect: Disconnect, detail: string = disconnect.reason): void {
    if (this.goodbye !== undefined) return
    this.goodbye = disconnect
    this.self.stop(`${disconnect.code} ${detail}`)
  }

  // ── frames and commands ──

  frame(text: string): void {
    const { counters, decodeLimits } = this.services
    counters.framesIn++
    counters.bytesIn += text.length
    let items: Decoded[]
    try {
      items = decodeFrame(text, decodeLimits)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.close(error)
      return
    }
    for (const item of items) {
      if (item.method === 'pong') {
        this.heartbeat.pong()
        continue
      }
      this.#lane.take(item)
      if (this.goodbye !== undefined) return
    }
    if (this.#lane.free) this.inlet.resume()
    else this.inlet.pause()
  }

  fail(
    command: Command | { id: number; method: string },
    error: { code: number; message: string },
  ): void {
    const { counters, events } = this.services
    count(counters.replyErrors, error.code)
    this.services.tracing?.refused(error.code)
    if (events.heard) {
      events.emit({
        name: 'command.failed',
        client: this.client,
        method: command.method,
        code: error.code,
        message: error.message,
      })
    }
    if (command.id === 0) return
    const answer = encodeError(command.id, error)
    if (command.method === 'connect') this.outlet.refuse(answer)
    else this.outlet.send(answer)
  }

  // ── as the owner of its lane ──

  get held(): boolean {
    return this.connecting || this.goodbye !== undefined
  }

  run(item: Item): Promise<void> | undefined {
    this.services.counters.commands++
    if (item.method === 'rejected') {
      if (this.connected) this.fail(item, item.error)
      else this.close(disconnects.badRequest, 'bad request: the first command must be connect')
      return undefined
    }
    this.heartbeat.active()
    const { tracing } = this.services
    const done =
      tracing === undefined
        ? execute(this, item)
        : tracing.command(item.method, this.client, () => execute(this, item))
    if (!isPromise(done)) return undefined
    const held = this.self.hold('ask', item.method)
    const { events, system } = this.services
    const since = system.clock.now()
    return done.then(() => {
      held.release()
      if (!events.heard) return
      const ms = system.clock.now() - since
      events.emit({ name: 'command.answered', client: this.client, method: item.method, ms })
    })
  }

  caughtUp(): void {
    this.inlet.resume()
  }

  // ── as the owner of its outlet ──

  get writable(): boolean {
    const { ws } = this.inlet
    return ws.readyState === ws.OPEN
  }

  blocked(): void {
    const { registry, system, options } = this.services
    const { broadcastDeadlineMs } = options.limits
    registry.full.set(this, system.now)
    this.#hold = this.self.hold('socket', 'peer', broadcastDeadlineMs)
    this.#watchAge()
  }

  drained(): void {
    this.#hold?.release()
    this.#hold = undefined
    this.services.registry.full.delete(this)
    if (this.#age !== undefined) this.services.system.wheel.cancel(this.#age)
    this.#age = undefined
    this.#lastLook = false
  }

  slow(): void {
    const { queued } = this.outlet
    // Until the reaper comes, rooms would go on filling it.
    this.outlet.close()
    if (this.goodbye !== undefined) return
    this.services.counters.slow++
    this.services.events.emit({
      name: 'connection.slow',
      client: this.client,
      user: this.user,
      queued,
    })
    this.close(disconnects.slow, `slow: ${queued} bytes queued`)
  }

  /** The age limit: something that must arrive is overdue. */
  checkAge(): void {
    if (!this.outlet.overdue(this.services.system.now)) {
      this.#lastLook = false
      this.#watchAge()
    } else if (!this.#lastLook) {
      // After a stall of the loop timers come before sockets: those get to write first.
      this.#lastLook = true
      this.#age = this.services.system.wheel.add(oneTickMs, tooOld, this)
    } else this.slow()
  }

  /** Looks when something is due, and every half deadline at what came later and may be due earlier. */
  #watchAge(): void {
    const { system, options } = this.services
    const left = this.outlet.dueAt - system.now
    const ms = Math.min(left, options.limits.broadcastDeadlineMs / 2)
    this.#age = system.wheel.add(ms, tooOld, this)
  }

  // ── the end ──

  /** The peer closed, or the socket broke: nothing to say goodbye to. */
  lost(code: number, reason: string): void {
    if (this.goodbye === undefined) {
      this.goodbye = { code, reason }
      this.#byPeer = true
    }
    this.self.context.cancel(
      createEnd(
        'completed',
        `${code} ${reason || 'closed by the peer'}`,
        `connection ${this.self.id}`,
      ),
    )
  }

  /** Ends the connection and waits for nothing. */
  cut(detail: string): void {
    this.close(disconnects.shutdown, detail)
    this.inlet.ws.terminate()
  }

  /** Leaves everything it was part of; then the socket. */
  leave(end: End): void | Promise<void> {
    const { services, outlet } = this
    const { ws } = this.inlet
    const slow = outlet.blocked
    this.drained()
    this.heartbeat.stop()
    if (this.expiry !== undefined) services.system.wheel.cancel(this.expiry)
    for (const { room, member, expiry } of this.subscriptions?.values() ?? []) {
      if (expiry !== undefined) services.system.wheel.cancel(expiry)
      room.leave(member)
    }
    this.subscriptions = undefined
    this.#lane.clear()
    if (this.connected) services.registry.remove(this)
    const goodbye = (this.goodbye ??= goodbyeFor(end))
    // Codes that applications chose are one figure, or any client could make as many as it likes.
    count(services.counters.closed, this.#byPeer ? Math.min(goodbye.code, 3_000) : goodbye.code)
    if (services.events.heard) {
      const { client, user } = this
      services.events.emit({
        name: 'connection.closed',
        client,
        user,
        code: goodbye.code,
        reason: goodbye.reason,
      })
    }
    if (ws.readyState === ws.CLOSED) return
    if (!slow) outlet.flush()
    outlet.close()
    ws.resume()
    sayGoodbye(ws, goodbye)
    const { closeTimeoutMs } = services.options.limits
    const cut = services.system.wheel.add(slow ? slowCloseMs : closeTimeoutMs, terminate, ws)
    return new Promise((resolve) => {
      this.socketClosed = () => {
        services.system.wheel.cancel(cut)
        resolve()
      }
    })
  }
}

/** The actor around a connection. */
export function connectionBehavior(
  closeTimeoutMs: number,
): Behavior<ConnectionMessage, Connection, Accepted> {
  return {
    name: 'connection',
    // One read of a socket may bring thousands of tiny frames at once; then reading pauses.
    mailbox: { capacity: 65_536 },
    graceMs: closeTimeoutMs + slackMs,
    start: (self, accepted) => new Connection(self, accepted),
    receive(connection, message) {
      if (typeof message === 'string') {
        connection.inlet.taken()
        if (connection.goodbye === undefined) connection.frame(message)
        return
      }
      switch (message.type) {
        case 'closed':
          connection.lost(message.code, message.reason)
          return
        case 'broken':
          connection.close(message)
          return
        case 'expired':
          connection.close(disconnects.expired)
          return
        case 'subscription-expired':
          expireSubscription(connection, message.room)
          return
      }
    },
    stop: (connection, end) => connection.leave(end),
    label: (connection) => connection.user || connection.client,
    describe: (connection) => ({
      user: connection.user,
      client: connection.client,
      address: connection.inlet.address,
      queue: connection.outlet.queued,
      rooms: connection.subscriptions?.size ?? 0,
    }),
  }
}

function tooOld(connection: Connection): void {
  connection.checkAge()
}

function terminate(ws: WebSocket): void {
  ws.terminate()
}

function sayGoodbye(ws: WebSocket, { code, reason }: Disconnect): void {
  try {
    ws.close(code, closeReason(reason))
  } catch {
    // A code that no close frame may have (RFC 6455 section 7.4): some other node said it.
    ws.close(disconnects.forceDisconnect.code, closeReason(reason))
  }
}

function goodbyeFor(end: End): Disconnect {
  return end.code === 'failed' || end.code === 'escalated' || end.code === 'killed'
    ? disconnects.internal
    : disconnects.shutdown
}
