// Publishers and members. Every message is expected at every member of its room, the publisher included.
//
//   room 0 of two nodes:   publisher on A   members on B, A, B, …        latency is of members on another node than the
//   room 1:                publisher on B   members on A, B, A, …        publisher's, where there is another one
//
// Closed loop: a room has K messages under way, and one counts as arrived when as many deliveries as the room has
// members came in. So a server cannot run ahead of its own members: what is queued anywhere is at most K a member. One
// that loses deliveries runs out of messages under way and stands still; the outcome says how many are missing.
// Open loop: N messages a second, evenly, whatever the server does.

import { setTimeout as sleep } from 'node:timers/promises'
import { Client, openAll } from './client.ts'
import { dialects } from './dialect.ts'
import { Latency, measure, nowUs, quiet } from './meter.ts'
import { createPayload } from './payload.ts'
import type { FanoutScenario, Outcome } from './scenario.ts'
import { Tally } from './tally.ts'

const settleMs = 200
// Ids of a constant width, so that every command has the same size.
const firstId = 1_000_000_000

interface Room {
  name: string
  publisher: Client | undefined
  /** The publisher's node. */
  home: number
  sent: number
  received: number
  due: boolean
}

export async function runFanout(scenario: FanoutScenario): Promise<Outcome> {
  const { target, members, pace } = scenario
  const { nodes } = target
  const dialect = dialects[target.dialect]
  const body = createPayload(scenario.payloadBytes)
  const tally = new Tally(scenario.payloadBytes + dialect.wrapBytes)
  const latency = new Latency()
  const closes: Record<string, number> = {}
  const clients: Client[] = []
  const rooms = Array.from({ length: scenario.rooms }, (_, i) => createRoom(i, nodes.length))
  const due: Room[] = []
  let received = 0
  let sent = 0
  let phase: 'opening' | 'going' | 'draining' | 'over' = 'opening'

  const publish = (room: Room, count: number): void => {
    const texts: string[] = []
    for (let i = 0; i < count; i += 1)
      texts.push(dialect.publish(firstId + room.sent++, room.name, body(nowUs())))
    sent += count
    room.publisher?.send(texts)
  }

  // One write per publisher and turn, not one per returned message.
  const refill = (): void => {
    const window = 'window' in pace ? pace.window : 0
    for (const room of due) {
      room.due = false
      const underWay = room.sent - Math.floor(room.received / members)
      if (phase === 'going' && underWay < window) publish(room, window - underWay)
    }
    due.length = 0
  }

  const wanted = (room: Room): void => {
    if (room.due || !('window' in pace)) return
    room.due = true
    if (due.push(room) === 1) setImmediate(refill)
  }

  const openMember = (index: number, settled: (ready: boolean) => void): void => {
    const room = rooms[index % rooms.length]!
    const node = (room.home + Math.floor(index / rooms.length)) % nodes.length
    const far = node !== room.home || nodes.length === 1
    const { port } = nodes[node]!
    const client = new Client(port, dialect, [...dialect.hello, dialect.join(room.name)], {
      ready: () => {
        settled(true)
      },
      data: (_, bytes, from, to) => {
        const count = tally.count(bytes, from, to)
        if (count === 0) return
        if (far) latency.offer(bytes, tally.first, to)
        received += count
        room.received += count
        wanted(room)
      },
      closed: (_, code) => {
        if (phase === 'opening') settled(false)
        else if (phase !== 'over') closes[code] = (closes[code] ?? 0) + 1
      },
    })
    clients[index] = client
    room.publisher ??= client
  }

  const failed = await openAll(scenario.rooms * members, openMember)
  await sleep(settleMs)
  phase = 'going'
  const stop = 'window' in pace ? () => {} : startOpenLoop(rooms, pace.perSecond, publish)
  for (const room of rooms) wanted(room)
  const reading = await measure(scenario, () => received, latency)
  phase = 'draining'
  stop()
  await quiet(
    () => received,
    () => received >= sent * members,
  )
  phase = 'over'
  for (const client of clients) client.cut()
  const expected = sent * members
  return { ...reading, expected, received, failed, closes }
}

function createRoom(index: number, nodes: number): Room {
  const home = index % nodes
  return { name: `r${index}`, publisher: undefined, home, sent: 0, received: 0, due: false }
}

/** Publishes `perSecond` messages a second in all, in turn over the rooms; catches up when the timer is late. */
function startOpenLoop(
  rooms: readonly Room[],
  perSecond: number,
  publish: (room: Room, count: number) => void,
): () => void {
  const start = performance.now()
  let done = 0
  let timer: NodeJS.Timeout | undefined
  const tick = (): void => {
    const now = performance.now()
    while (done < ((now - start) / 1000) * perSecond) publish(rooms[done++ % rooms.length]!, 1)
    timer = setTimeout(tick, Math.max(1, (done / perSecond) * 1000 - (now - start)))
  }
  tick()
  return () => clearTimeout(timer)
}
