// Connections that come and go: each gets as far as its life goes, then leaves, politely or by a reset.
//
//   TCP ─▶ half a handshake ─▶ upgrade ─▶ connect ─▶ a member ─▶ a publisher ─▶ half a frame
//    └─────────┴─────────────────┴───────────┴───────────┴────────────┴─────────────┴─▶ goodbye, or reset

import { encodeFrame } from './frames.ts'
import { connectRaw, handshake, type RawClient } from './raw.ts'

export interface Churn {
  connections: number
  /** Of them at one time. */
  places: number
  /** Rooms to enter, full of others. */
  rooms: readonly string[]
  /** Addresses to come from: each has some 28,000 ports, and a port rests for a minute. */
  sources: readonly string[]
}

export interface Churned {
  polite: number
  reset: number
  /** What went otherwise than it should: nobody is to be refused, or closed with another code. */
  faults: string[]
  tookMs: number
}

/** Loopback addresses besides the usual one. */
export function loopbacks(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `127.0.0.${i + 2}`)
}

/** How far a connection gets, and no further. */
const lives: readonly ((client: RawClient, url: string, room: string, nth: number) => unknown)[] = [
  () => undefined,
  (client, url) => client.write(handshake(url).slice(0, 80)),
  upgrade,
  connect,
  enter,
  async (client, url, room, nth) => {
    await enter(client, url, room)
    const own = `visitor:${nth}`
    await client.call('subscribe', { channel: own })
    const heard = client.next((message) => message.startsWith('{"push":'))
    await client.call('publish', { channel: own, data: nth })
    await heard
  },
  async (client, url, room) => {
    await enter(client, url, room)
    // The answer to these is on its way, or not even the question is whole, when it leaves.
    client.frame(`{"id":100,"unsubscribe":{"channel":"${room}"}}`)
    client.frame(`{"id":101,"subscribe":{"channel":"${room}"}}`)
    client.frame(`{"id":102,"presence":{"channel":"${room}"}}`)
  },
]

/** Lets them all come and go. */
export async function churn(url: string, plan: Churn): Promise<Churned> {
  const { connections, places, rooms, sources } = plan
  const started = performance.now()
  const churned: Churned = { polite: 0, reset: 0, faults: [], tookMs: 0 }
  let next = 0
  const place = async (): Promise<void> => {
    for (let nth = next++; nth < connections; nth = next++) {
      const from = sources[nth % sources.length]!
      const room = rooms[nth % rooms.length]!
      try {
        await visit(url, { nth, from, room }, churned)
      } catch (error) {
        churned.faults.push(`connection ${nth}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: places }, place))
  churned.tookMs = performance.now() - started
  return churned
}

interface Visit {
  nth: number
  from: string
  room: string
}

async function visit(url: string, { nth, from, room }: Visit, churned: Churned): Promise<void> {
  const client = await connectRaw(url, { from, hear: () => {} })
  await lives[nth % lives.length]!(client, url, room, nth)
  if (Math.floor(nth / lives.length) % 2 === 1) {
    // Now and then in the middle of a frame.
    if (client.status === 101 && nth % 3 === 0)
      client.write(encodeFrame('{"id":103}').subarray(0, 7))
    await client.reset()
    churned.reset++
  } else if (client.status === 101) {
    const { code, reason } = await client.close()
    if (code !== 1000) churned.faults.push(`connection ${nth}: closed with ${code} ${reason}`)
    churned.polite++
  } else {
    client.socket.end()
    await client.closed
    churned.polite++
  }
}

async function upgrade(client: RawClient, url: string): Promise<void> {
  client.write(handshake(url))
  await client.upgraded
  if (client.status !== 101) throw new Error(`upgrade: ${client.status}`)
}

async function connect(client: RawClient, url: string): Promise<void> {
  await upgrade(client, url)
  await client.call('connect', {})
}

async function enter(client: RawClient, url: string, room: string): Promise<void> {
  await connect(client, url)
  const { error } = await client.call('subscribe', { channel: room })
  if (error !== undefined) throw new Error(`subscribe: ${JSON.stringify(error)}`)
}
