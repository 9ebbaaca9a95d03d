// What the HTTP tests stand on: servers on a free port, whole nodes, sockets that say exactly what they are told, and
// clients. All of it is gone when the test that made it is over.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createToken } from '../../src/auth/tokens.ts'
import type { NodeEvent } from '../../src/events.ts'
import { type NodeExtras, type RunningNode, startNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { resolveOptions } from '../../src/options.ts'

/** The port of a server that listens from now on. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** All that comes back for a text until the other side closes. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  // A server that cuts a flood short resets the connection: that is an end like any other.
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}

export const tokenSecret = 'a secret of more than thirty-two bytes'

/** A whole node with an API key `key`; alone, unless the extras join it to others. */
export async function startTestNode(
  config: NodeConfig = {},
  extras: NodeExtras = {},
): Promise<RunningNode> {
  // Made only if there is something to put into it.
  const dir = join(tmpdir(), `sluice-test-${randomUUID()}`)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const { options } = resolveOptions({
    name: 'test',
    port: 0,
    adminPort: 0,
    apiKey: 'key',
    tokenSecret,
    ...config,
    limits: { maxActors: 4_096, ...config.limits },
    dumps: { dir, ...config.dumps },
  })
  const node = await startNode(options, extras)
  onTestFinished(() => node.stop())
  return node
}

/** Every event of these names from now on. */
export function listenTo<N extends NodeEvent['name']>(
  node: RunningNode,
  name: N,
): Extract<NodeEvent, { name: N }>[] {
  const heard: Extract<NodeEvent, { name: N }>[] = []
  node.events.on((event) => {
    if (event.name === name) heard.push(event as Extract<NodeEvent, { name: N }>)
  })
  return heard
}

/** A call to the server API; what is no text is sent as JSON. */
export async function callApi(
  node: RunningNode,
  method: string,
  body: unknown,
  headers: Record<string, string> = { 'X-API-Key': 'key' },
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${node.urls.client}/api/${method}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

/** The result of a call that succeeds. */
export async function resultOf(
  node: RunningNode,
  method: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const answer = await callApi(node, method, body)
  const { result } = answer.body as { result?: Record<string, unknown> }
  if (result === undefined) throw new Error(`${method}: ${JSON.stringify(answer)}`)
  return result
}

/** The error of a call that fails, as an answer with status 200. */
export async function errorOf(
  node: RunningNode,
  method: string,
  body: unknown,
): Promise<{ code: number; message: string }> {
  const answer = await callApi(node, method, body)
  const { error } = answer.body as { error?: { code: number; message: string } }
  if (answer.status !== 200 || error === undefined) {
    throw new Error(`${method}: ${JSON.stringify(answer)}`)
  }
  return error
}

type Wire = Record<string, unknown>

/** A client that speaks the wire by hand. */
export class TestClient {
  readonly id: string
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #socket: WebSocket
  readonly #received: Wire[] = []
  #wake: () => void = () => {}
  #commands = 1

  private constructor(socket: WebSocket, id: string) {
    this.#socket = socket
    this.id = id
    this.closed = once(socket, 'close').then(([code, reason]) => ({
      code: Number(code),
      reason: String(reason),
    }))
    socket.on('message', (data: Buffer) => {
      this.#received.push(
        ...data
          .toString()
          .split('\n')
          .map((line) => JSON.parse(line) as Wire),
      )
      this.#wake()
    })
  }

  /** Connected, as this user. */
  static async connect(node: RunningNode, user = ''): Promise<TestClient> {
    const url = `${node.urls.client.replace('http', 'ws')}/connection/websocket`
    const socket = new WebSocket(url)
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    const token =
      user === ''
        ? ''
        : await createToken(tokenSecret, { user, ttlSeconds: 60 }, Math.floor(Date.now() / 1_000))
    socket.send(JSON.stringify({ id: 1, connect: { token } }))
    const [data] = (await once(socket, 'message')) as [Buffer]
    const { connect: connected } = JSON.parse(data.toString()) as { connect: { client: string } }
    return new TestClient(socket, connected.client)
  }

  /** Sends a command and waits for its reply. */
  async command(method: string, request: object): Promise<Wire> {
    const id = ++this.#commands
    this.#socket.send(JSON.stringify({ id, [method]: request }))
    return this.next((message) => message['id'] === id)
  }

  /** Waits for a ping and answers it. */
  async pong(): Promise<void> {
    await this.next((message) => Object.keys(message).length === 0)
    this.#socket.send('{}')
  }

  /** The next push with this field. */
  async push(field: string): Promise<Wire> {
    const message = await this.next(({ push }) => push !== undefined && field in (push as Wire))
    return message['push'] as Wire
  }

  /** The first message not yet taken that fits. */
  async next(fits: (message: Wire) => boolean): Promise<Wire> {
    for (;;) {
      const at = this.#received.findIndex(fits)
      if (at >= 0) return this.#received.splice(at, 1)[0]!
      // oxlint-disable-next-line no-await-in-loop -- one message after the other
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
