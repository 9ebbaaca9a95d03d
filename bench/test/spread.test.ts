import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { runFanout } from '../swarm/fanout.ts'
import type { Place } from '../swarm/scenario.ts'

/** Who is in each room, on both nodes. */
const rooms = new Map<string, { node: number; socket: WebSocket }[]>()
const publishers = new Map<string, Set<number>>()
const servers: WebSocketServer[] = []

afterEach(async () => {
  rooms.clear()
  publishers.clear()
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
    await once(server, 'close')
  }
})

test('members and publishers are spread evenly over the nodes; latency is of those elsewhere', async () => {
  const crossMs = 40
  const first = await start(0, crossMs)
  const second = await start(1, crossMs)
  const outcome = await runFanout({
    type: 'fanout',
    target: { nodes: [first, second], dialect: 'centrifuge' },
    ...{ rooms: 3, members: 4, payloadBytes: 128 },
    ...{ warmupMs: 0, measureMs: 400, pace: { window: 8 } },
  })
  expect(Object.fromEntries(publishers)).toEqual({
    r0: new Set([0]),
    r1: new Set([1]),
    r2: new Set([0]),
  })
  expect([...rooms.keys()]).toEqual(['r0', 'r1', 'r2'])
  for (const members of rooms.values())
    expect(members.filter(({ node }) => node === 0)).toHaveLength(2)
  expect(outcome.received).toBeGreaterThan(0)
  expect(outcome.received).toBe(outcome.expected)
  // The swarm's stamps are whole microseconds, the clock of timers is of milliseconds.
  expect(outcome.latencyMs.p50).toBeGreaterThan(crossMs - 2)
})

/** A node whose messages reach the members on the other one so much later. */
async function start(node: number, crossMs: number): Promise<Place> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  servers.push(server)
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n')) {
        const command = JSON.parse(line)
        const { channel } = command.subscribe ?? command.publish ?? {}
        if (command.connect) socket.send('{"connect":{}}')
        if (command.subscribe) {
          rooms.set(channel, [...(rooms.get(channel) ?? []), { node, socket }])
          socket.send('{"subscribe":{}}')
        }
        if (!command.publish) continue
        publishers.set(channel, (publishers.get(channel) ?? new Set()).add(node))
        const text = JSON.stringify(command.publish.data)
        for (const member of rooms.get(channel) ?? []) {
          if (member.node === node) member.socket.send(text)
          else setTimeout(() => member.socket.send(text), crossMs)
        }
      }
    })
  })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, pid: process.pid }
}
