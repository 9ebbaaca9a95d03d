// The heartbeat of one connection: a timer on the shared wheel, re-armed for ever.
//
//   opened ─ connectTimeout ─▶ no connect yet: 3502 stale
//   connected ─ ping ± jitter ─▶ `{}` ─ pong ─▶ anything heard? ─yes─▶ the next ping       no: 3012 no pong
//             └ no command for idleMs: 3000 idle
//
// After a stall of the loop timers come before sockets. So nobody is given up before one more turn, in which what has
// arrived meanwhile is read: a node that stood still for ten seconds must not close all its connections.

import type { Timer, Wheel } from '@sluice/core'
import { disconnects, pingText } from '@sluice/protocol'
import type { Connection } from './connection.ts'

/** More than nothing: in a turn that catches up, the wheel also runs what is due by the end of it. */
export const oneTickMs = 1

export class Heartbeat {
  readonly #connection: Connection
  readonly #wheel: Wheel
  readonly #timer: Timer
  #awaitingPong = false
  #heard = false
  #lastCall = false
  #pingAt = 0
  #pingedAt = 0
  #activeAt: number

  constructor(connection: Connection, wheel: Wheel) {
    const { services } = connection
    this.#connection = connection
    this.#wheel = wheel
    this.#activeAt = services.system.now
    this.#timer = wheel.add(services.options.limits.connectTimeoutMs, beat, this)
  }

  /** Any frame counts as life. */
  heard(): void {
    this.#heard = true
  }

  /** The answer to a ping: how long the peer took is told. */
  pong(): void {
    const { client, services } = this.#connection
    const { events, system } = services
    // One that nobody asked for says nothing.
    if (!this.#awaitingPong || this.#pingedAt === 0 || !events.heard) return
    const ms = system.clock.now() - this.#pingedAt
    this.#pingedAt = 0
    events.emit({ name: 'pong.heard', client, ms })
  }

  /** A command: what the idle timeout counts from. */
  active(): void {
    if (this.#connection.services.options.heartbeat.idleMs > 0) {
      this.#activeAt = this.#connection.services.system.now
    }
  }

  /** The connect is accepted: from now on, pings. */
  start(): void {
    const { now } = this.#connection.services.system
    this.#lastCall = false
    this.#pingAt = now + this.#pingIn()
    this.#rest(now)
  }

  stop(): void {
    this.#wheel.cancel(this.#timer)
  }

  beat(): void {
    const connection = this.#connection
    const { now } = connection.services.system
    if (!connection.connected) {
      // While its token is still being verified, the delay is ours: that client may come again.
      const { internal, stale } = disconnects
      if (!this.#callsOnceMore()) connection.close(connection.connecting ? internal : stale)
    } else if (this.#awaitingPong) {
      // Of a peer that we do not read at the moment, nothing can be heard.
      const alive = this.#heard || connection.inlet.paused
      if (alive) {
        this.#awaitingPong = false
        this.#lastCall = false
        this.#rest(now)
      } else if (!this.#callsOnceMore()) connection.close(disconnects.noPong)
    } else if (this.#idleAt() <= now) {
      if (!this.#callsOnceMore()) {
        connection.close({ ...disconnects.connectionClosed, reason: 'idle' })
      }
    } else if (now < this.#pingAt) {
      this.#lastCall = false
      this.#rest(now)
    } else {
      this.#awaitingPong = true
      this.#heard = false
      this.#lastCall = false
      this.#pingAt = now + this.#pingIn()
      this.#pingedAt = now
      connection.outlet.send(pingText)
      this.#wheel.reset(this.#timer, connection.services.options.heartbeat.pongMs)
    }
  }

  /** True the first time: the next tick decides. */
  #callsOnceMore(): boolean {
    if (this.#lastCall) return false
    this.#lastCall = true
    this.#wheel.reset(this.#timer, oneTickMs)
    return true
  }

  #rest(now: number): void {
    this.#wheel.reset(this.#timer, Math.min(this.#pingAt, this.#idleAt()) - now)
  }

  /** When it will have been without a command for too long. */
  #idleAt(): number {
    const { idleMs } = this.#connection.services.options.heartbeat
    return idleMs > 0 ? this.#activeAt + idleMs : Infinity
  }

  /** Spread out, so that a wave of connections is no wave of pings; never later than the client was told. */
  #pingIn(): number {
    const { options, system } = this.#connection.services
    const { pingMs, jitter } = options.heartbeat
    return pingMs * (1 - jitter * system.random())
  }
}

function beat(heartbeat: Heartbeat): void {
  heartbeat.beat()
}
