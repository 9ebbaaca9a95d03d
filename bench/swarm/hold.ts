// Idle connections: connected, greeted, in rooms of their own if asked to be, and then nothing but heartbeats.

import { setTimeout as sleep } from 'node:timers/promises'
import { Client, openAll } from './client.ts'
import { dialects } from './dialect.ts'
import type { HoldScenario } from './scenario.ts'

const settleMs = 300
const held = new Set<Client>()
let room = 0

/** Opens what is missing; resolves with the number now held. */
export async function hold(scenario: HoldScenario): Promise<number> {
  const { target, roomsEach = 0 } = scenario
  const dialect = dialects[target.dialect]
  await openAll(scenario.connections - held.size, (_, settled) => {
    const joins = Array.from({ length: roomsEach }, () => dialect.join(`r${room++}`))
    const client = new Client(target.nodes[0].port, dialect, [...dialect.hello, ...joins], {
      ready: () => {
        held.add(client)
        settled(true)
      },
      data: () => {},
      closed: () => {
        if (!held.delete(client)) settled(false)
      },
    })
  })
  await sleep(settleMs)
  return held.size
}
