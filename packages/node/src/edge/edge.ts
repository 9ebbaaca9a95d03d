// The edge: the actor above all connections. It takes upgrades from the client port, checks them, and makes each socket
// an actor.
//
//   upgrade ─▶ admission ─▶ handshake ─▶ connection          message, close, error ─▶ its mailbox

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Behavior, Self, Timer } from '@sluice/core'
import { disconnects } from '@sluice/protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import { count } from '../counters.ts'
import type { Services } from '../services.ts'
import { type Refusal, refusalOf, websocketPath } from './admission.ts'
import {
  type Accepted,
  type Connection,
  connectionBehavior,
  type ConnectionMessage,
} from './connection.ts'
import { Inlet } from './inlet.ts'
import { createOriginCheck, type OriginCheck } from './origins.ts'

export class Edge {
  readonly #services: Services
  readonly #sockets: WebSocketServer
  readonly #behavior: Behavior<ConnectionMessage, Connection, Accepted>
  readonly #origins: OriginCheck
  readonly #byAddress = new Map<string, number>()
  #self: Self<never> | undefined = undefined
  /** Sockets whose actors had not started when we last looked. */
  #starting: Inlet[] = []
  #sweep: Timer | undefined = undefined
  /** Sockets that are open, as Node sees them. */
  sockets = 0

  constructor(services: Services) {
    const { limits, origins } = services.options
    this.#services = services
    this.#behavior = connectionBehavior(limits.closeTimeoutMs)
    this.#origins = createOriginCheck(origins)
    this.#sockets = new WebSocketServer({
      noServer: true,
      path: websocketPath,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.maxFrameBytes,
      // In ws since 8.19; its types do not know it yet.
      ...{ closeTimeout: limits.closeTimeoutMs },
      // The inlet answers pings: ws would queue a pong for each of them, also for a peer that reads none.
      autoPong: false,
      // Many tiny frames in one read are handled in one go; reading is paused by depth.
      allowSynchronousEvents: true,
    })
  }

  /** The actor that takes this server's upgrades; `open` is called when it does. */
  behavior(server: Server, open: () => void): Behavior<never, Edge> {
    return {
      name: 'edge',
      restart: 'permanent',
      start: (self) => {
        this.#self = self
        server.on('upgrade', this.#upgrade)
        open()
        return this
      },
      receive: () => undefined,
      stop: () => {
        server.off('upgrade', this.#upgrade)
        this.sweep()
      },
      describe: () => ({ sockets: this.sockets }),
    }
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const address = request.socket.remoteAddress ?? ''
    const refusal = this.#refusal(request, address)
    if (refusal !== undefined) {
      this.#refuse(socket, refusal, address)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, socket, address))
  }

  #refusal(request: IncomingMessage, address: string): Refusal | undefined {
    const { method, httpVersion, headers, url = '' } = request
    const [path = ''] = url.split('?', 1)
    const occupancy = {
      draining: this.#services.draining || this.#self?.context.ended !== false,
      retryAfterSeconds: 1 + Math.floor(this.#services.system.random() * maxRetrySeconds),
      connections: this.sockets,
      fromAddress: this.#byAddress.get(address) ?? 0,
    }
    return refusalOf(
      { method, path, httpVersion, headers },
      occupancy,
      this.#services.options.limits,
      this.#origins,
    )
  }

  #refuse(socket: Duplex, refusal: Refusal, address: string): void {
    const { status, why, headers = {} } = refusal
    const { counters, events } = this.#services
    count(counters.refused, status)
    events.emit({ name: 'connection.refused', status, why, address })
    const body = `${why}\n`
    const lines = Object.entries({
      Connection: 'close',
      'Content-Type': 'text/plain',
      'Content-Length': String(body.length),
      ...headers,
    })
    socket.once('finish', () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.end(
      `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n${body}`,
    )
  }

  #accept(ws: WebSocket, socket: Duplex, address: string): void {
    const inlet = new Inlet(ws, socket, address, this.#gone)
    try {
      const ref = this.#self?.spawn(this.#behavior, { services: this.#services, inlet })
      if (ref !== undefined) inlet.attach(ref)
    } catch {
      // The actor table is full, or the node is ending: the client comes back elsewhere, or later.
      ws.on('error', () => {})
      ws.close(disconnects.tooManyRequests.code, disconnects.tooManyRequests.reason)
      return
    }
    this.#starting.push(inlet)
    this.#sweep ??= this.#services.system.wheel.add(sweepMs, sweep, this)
    this.sockets++
    this.#services.counters.accepted++
    this.#countAddress(address, 1)
  }

  /** Cuts sockets whose actors ended before they had started. */
  sweep(): void {
    if (this.#sweep !== undefined) this.#services.system.wheel.cancel(this.#sweep)
    this.#sweep = undefined
    const left = this.#starting.filter((inlet) => inlet.connection === undefined)
    this.#starting = left.filter((inlet) => !inlet.abandoned)
    for (const inlet of left) if (inlet.abandoned) inlet.ws.terminate()
    if (this.#starting.length > 0 && this.#self?.context.ended === false) {
      this.#sweep = this.#services.system.wheel.add(sweepMs, sweep, this)
    }
  }

  readonly #gone = (inlet: Inlet): void => {
    this.sockets--
    this.#countAddress(inlet.address, -1)
  }

  #countAddress(address: string, by: number): void {
    if (this.#services.options.limits.maxConnectionsPerAddress === 0) return
    const now = (this.#byAddress.get(address) ?? 0) + by
    if (now > 0) this.#byAddress.set(address, now)
    else this.#byAddress.delete(address)
  }
}

/** Clients that a draining node refuses come again spread over so long. */
const maxRetrySeconds = 10
/** How soon a socket whose actor never started is noticed. */
const sweepMs = 1_000

function sweep(edge: Edge): void {
  edge.sweep()
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
}
