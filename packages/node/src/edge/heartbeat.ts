// The heartbeat of one connection: a timer on the shared wheel, re-armed for ever.
//
//   opened ─ connectTimeout ─▶ no connect yet: 3502 stale
//   connected ─ ping ± jitter ─▶ `{}` ─ pong ─▶ anything heard? ─yes─▶ the next ping       no: 3012 no pong

import type { Timer, Wheel } from '@sluice/core'
import { disconnects, pingText } from '@sluice/protocol'
import type { Connection } from './connection.ts'

export class Heartbeat {
  readonly #connection: Connection
  readonly #wheel: Wheel
  readonly #timer: Timer
  #awaitingPong = false
  #heard = false
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

  /** A command: what the idle timeout counts from. */
  active(): void {
    if (this.#connection.services.options.heartbeat.idleMs > 0) {
      this.#activeAt = this.#connection.services.system.now
    }
  }

  /** The connect is accepted: from now on, pings. */
  start(): void {
    this.#wheel.reset(this.#timer, this.#nextPing())
  }

  stop(): void {
    this.#wheel.cancel(this.#timer)
  }

  beat(): void {
    const connection = this.#connection
    const { options, system } = connection.services
    const { pongMs, idleMs } = options.heartbeat
    if (!connection.connected) {
      connection.close(disconnects.stale)
      return
    }
    if (this.#awaitingPong) {
      if (!this.#heard) {
        connection.close(disconnects.noPong)
        return
      }
      this.#awaitingPong = false
      this.#wheel.reset(this.#timer, Math.max(1, this.#nextPing() - pongMs))
      return
    }
    if (idleMs > 0 && system.now - this.#activeAt >= idleMs) {
      connection.close({ ...disconnects.connectionClosed, reason: 'idle' })
      return
    }
    this.#awaitingPong = true
    this.#heard = false
    connection.outlet.send(pingText)
    this.#wheel.reset(this.#timer, pongMs)
  }

  /** Spread out, so that a wave of connections is no wave of pings; never later than the client was told. */
  #nextPing(): number {
    const { options, system } = this.#connection.services
    const { pingMs, jitter } = options.heartbeat
    return pingMs * (1 - jitter * system.random())
  }
}

function beat(heartbeat: Heartbeat): void {
  heartbeat.beat()
}
