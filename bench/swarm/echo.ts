// Calls and answers: every connection has a fixed number of calls under way and makes the next one as an answer comes.

import { setTimeout as sleep } from 'node:timers/promises'
import { Client, openAll } from './client.ts'
import { dialects } from './dialect.ts'
import { Latency, measure, nowUs, quiet } from './meter.ts'
import { createPayload } from './payload.ts'
import type { EchoScenario, Outcome } from './scenario.ts'
import { Tally } from './tally.ts'

const settleMs = 200
const firstId = 1_000_000_000

export async function runEcho(scenario: EchoScenario): Promise<Outcome> {
  const { target } = scenario
  const dialect = dialects[target.dialect]
  const body = createPayload(scenario.payloadBytes)
  const tally = new Tally(scenario.payloadBytes + dialect.wrapBytes)
  const latency = new Latency()
  const closes: Record<string, number> = {}
  const clients: Client[] = []
  let received = 0
  let sent = 0
  let phase: 'opening' | 'going' | 'draining' | 'over' = 'opening'

  const call = (client: Client, count: number): void => {
    const texts: string[] = []
    for (let i = 0; i < count; i += 1) texts.push(dialect.call(firstId + sent++, body(nowUs())))
    client.send(texts)
  }

  const openCaller = (_: number, settled: (ready: boolean) => void): void => {
    clients.push(
      new Client(target.nodes[0].port, dialect, dialect.hello, {
        ready: () => {
          settled(true)
        },
        data: (client, bytes, from, to) => {
          const count = tally.count(bytes, from, to)
          if (count === 0) return
          latency.offer(bytes, tally.first, to)
          received += count
          if (phase === 'going') call(client, count)
        },
        closed: (_client, code) => {
          if (phase === 'opening') settled(false)
          else if (phase !== 'over') closes[code] = (closes[code] ?? 0) + 1
        },
      }),
    )
  }

  const failed = await openAll(scenario.connections, openCaller)
  await sleep(settleMs)
  phase = 'going'
  for (const client of clients) if (client.state === 'ready') call(client, scenario.window)
  const reading = await measure(scenario, () => received, latency)
  phase = 'draining'
  await quiet(
    () => received,
    () => received >= sent,
  )
  phase = 'over'
  for (const client of clients) client.cut()
  return { ...reading, expected: sent, received, failed, closes }
}
