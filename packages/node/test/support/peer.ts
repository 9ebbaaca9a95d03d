// A client that speaks the protocol's frames and nothing more, so that a test sees all that arrives, in order.

import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { End } from './link.ts'
import type { TestNode } from './services.ts'

export type Json = Record<string, unknown>

export interface PeerOptions {
  headers?: Record<string, string>
  /** What each end of the socket holds before it is full. Default 65,536. */
  highWaterMark?: number
  /** Answers pings. Default true. */
  pongs?: boolean
}

export class Peer {
  readonly ws: WebSocket
  readonly socket: End
  /** Every frame's text. */
  readonly frames: string[] = []
  /** Every message, in order; pings left out. */
  readonly messages: Json[] = []
  pings = 0
  /** Its id, once it is connected. */
  client = ''
  /** Code and reason of the close frame, or what stands for it. */
  closed: { code: number; reason: string } | undefined = undefined
  refused: { status: number; headers: Record<string, unknown> } | undefined = undefined
  readonly #node: TestNode
  #id = 0

  constructor(node: TestNode, socket: End, options: PeerOptions) {
    const { headers = {}, pongs = true } = options
    this.#node = node
    this.socket = socket
    this.ws = new WebSocket('ws://node.test/connection/websocket', {
      createConnection: () => socket as Duplex as never,
      headers,
      perMessageDeflate: false,
    })
    this.ws.on('error', () => {})
    this.ws.on('unexpected-response', (_request, response) => {
      this.refused = { status: response.statusCode ?? 0, headers: response.headers }
      response.destroy()
    })
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    this.ws.on('message', (data: Buffer) => {
      const text = data.toString()
      this.frames.push(text)
      for (const line of text.split('\n')) {
        const message = JSON.parse(line) as Json
        if (line !== '{}') this.messages.push(message)
        else {
          this.pings++
          if (pongs) this.ws.send('{}')
        }
      }
    })
  }

  /** Sends commands in one frame, with ids where they have none; returns the ids. */
  send(...commands: Json[]): number[] {
    const ids: number[] = []
    const lines = commands.map((command) => {
      const id = (command['id'] as number | undefined) ?? ++this.#id
      ids.push(id)
      return JSON.stringify('send' in command ? command : { id, ...command })
    })
    this.ws.send(lines.join('\n'))
    return ids
  }

  /** Sends one command and returns its reply. */
  async call(command: Json): Promise<Json> {
    const [id] = this.send(command)
    return await this.reply(id!)
  }

  /** The reply to the command of this id. */
  async reply(id: number): Promise<Json> {
    await this.#node.until(
      () => this.replies(id).length > 0 || this.closed !== undefined,
      `command ${id} is answered`,
    )
    const [reply] = this.replies(id)
    if (reply === undefined) throw new Error(`closed with ${JSON.stringify(this.closed)}`)
    return reply
  }

  replies(id: number): Json[] {
    return this.messages.filter((message) => message['id'] === id)
  }

  /** The error code of a command's reply; 0 for a result. */
  async code(command: Json): Promise<number> {
    const reply = await this.call(command)
    return (reply['error'] as { code?: number } | undefined)?.code ?? 0
  }

  /** What pushes of this kind said, in order. */
  pushes(kind: string, channel?: string): Json[] {
    return this.messages
      .map((message) => message['push'] as Json | undefined)
      .filter((push) => push !== undefined && kind in push)
      .filter((push) => channel === undefined || push?.['channel'] === channel)
      .map((push) => push?.[kind] as Json)
  }

  /** The data of every publication, in order. */
  data(channel?: string): unknown[] {
    return this.pushes('pub', channel).map((pub) => pub['data'])
  }

  /** Waits for the close and returns its code. */
  async end(): Promise<{ code: number; reason: string }> {
    await this.#node.until(() => this.closed !== undefined, 'the connection is closed')
    return this.closed!
  }
}
