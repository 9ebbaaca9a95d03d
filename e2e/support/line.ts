// The network between clients and a gateway: a relay that can be cut and mended.
//
//   client ── line ── gateway          cut: both ends are reset, nobody gets through
//                                      held: what is sent goes nowhere, and nobody is told

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Finished, Reachable } from './clients.ts'

/** A line to this gateway. Gone when its test ends. */
export async function layLine(
  gateway: Reachable,
  finished: Finished = onTestFinished,
): Promise<Line> {
  const line = new Line(new URL(gateway.client))
  await line.opened
  finished(() => line.close())
  return line
}

export class Line implements Reachable {
  readonly opened: Promise<unknown>
  readonly #target: URL
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #whole = true

  constructor(target: URL) {
    this.#target = target
    this.#server = createServer((socket) => this.#take(socket))
    this.#server.listen(0, '127.0.0.1')
    this.opened = once(this.#server, 'listening')
  }

  get client(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resets all connections; new ones get nowhere until the line is mended. */
  cut(): void {
    this.#whole = false
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  mend(): void {
    this.#whole = true
  }

  /** Carries nothing more on the connections there are; neither end can tell. */
  hold(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #take(client: Socket): void {
    if (!this.#whole) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ host: this.#target.hostname, port: Number(this.#target.port) })
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.setNoDelay(true)
      from.pipe(to)
      from.on('error', () => {})
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}
