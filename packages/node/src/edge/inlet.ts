// The inlet: from a socket's events to its actor's mailbox, and how far reading may run ahead of handling.
//
//   message ─▶ mailbox        64 in line: reading pauses, and the peer's TCP waits
//   error ─▶ broken           close ─▶ closed, ahead of all frames
//
// One object and five shared functions for each socket, no closures: there may be 100,000 of them.

import type { Duplex } from 'node:stream'
import type { Ref } from '@sluice/core'
import { disconnects } from '@sluice/protocol'
import type { WebSocket } from 'ws'
import type { Connection, ConnectionMessage } from './connection.ts'

/** Frames in line at which reading pauses. */
const pauseDepth = 64

const kInlet = Symbol('inlet')

type LinkedSocket = WebSocket & { [kInlet]: Inlet }

export class Inlet {
  readonly ws: WebSocket
  readonly socket: Duplex
  readonly address: string
  readonly #gone: (inlet: Inlet) => void
  /** Set when the actor has started. */
  connection: Connection | undefined = undefined
  #ref: Ref<ConnectionMessage> | undefined = undefined
  #queued = 0
  #paused = false

  constructor(ws: WebSocket, socket: Duplex, address: string, gone: (inlet: Inlet) => void) {
    this.ws = ws
    this.socket = socket
    this.address = address
    this.#gone = gone
  }

  /** From now on the socket's events are the actor's. */
  attach(ref: Ref<ConnectionMessage>): void {
    this.#ref = ref
    const ws = this.ws as LinkedSocket
    ws[kInlet] = this
    ws.on('message', onMessage)
    ws.on('error', onError)
    ws.on('close', onClose)
    ws.on('ping', onPing)
    ws.on('pong', onPong)
  }

  /** Reading has stopped for now. */
  get paused(): boolean {
    return this.#paused
  }

  /** Its actor ended before it had started, so it has no stop hook: nobody else would end the socket. */
  get abandoned(): boolean {
    return this.connection === undefined && this.#ref?.alive === false
  }

  /** The actor took a frame. */
  taken(): void {
    this.#queued--
  }

  /** Reads no more for now. */
  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.ws.pause()
  }

  /** Reads on, if all that was read is handled. */
  resume(): void {
    if (!this.#paused || this.#queued > 0) return
    this.#paused = false
    this.ws.resume()
  }

  frame(text: string): void {
    this.heard()
    this.#queued++
    const delivery = this.#ref?.tell(text)
    if (delivery === 'dead') {
      if (this.abandoned) this.ws.terminate()
    } else if (delivery === 'full') this.broken(disconnects.tooManyRequests)
    else if (this.#queued >= pauseDepth) this.pause()
  }

  /** Life, in a frame of any kind. */
  heard(): void {
    this.connection?.heartbeat.heard()
  }

  /** Answers, unless the peer does not read: it gets no pong for every ping then (RFC 6455 section 5.5.3), nor our memory. */
  ping(data: Buffer): void {
    this.heard()
    if (!this.socket.writableNeedDrain) this.ws.pong(data)
  }

  broken(disconnect: { code: number; reason: string }): void {
    this.#ref?.signal({ type: 'broken', ...disconnect })
  }

  closed(code: number, reason: string): void {
    this.#gone(this)
    // An actor that is ending takes no messages, and waits for just this.
    if (this.connection?.socketClosed !== undefined) this.connection.socketClosed()
    else this.#ref?.signal({ type: 'closed', code, reason })
  }
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  const inlet = (this as LinkedSocket)[kInlet]
  if (isBinary) inlet.broken(disconnects.unsupportedData)
  else inlet.frame(data.toString())
}

function onPing(this: WebSocket, data: Buffer): void {
  ;(this as LinkedSocket)[kInlet].ping(data)
}

function onPong(this: WebSocket): void {
  ;(this as LinkedSocket)[kInlet].heard()
}

function onError(this: WebSocket, error: Error & { code?: string }): void {
  const code = closeCodes[error.code ?? ''] ?? disconnects.protocolError.code
  ;(this as LinkedSocket)[kInlet].broken({ code, reason: error.message })
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ;(this as LinkedSocket)[kInlet].closed(code, reason.toString())
}

/** The close codes that ws sends for its errors; all others are 1002. */
const closeCodes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: disconnects.invalidPayload.code,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: disconnects.messageTooBig.code,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: disconnects.messageTooBig.code,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
}
