// Connect, say hello, close politely, again: in a fixed number of places, as fast as the server lets them.
//
// A turn is over when the server has ended the TCP connection, so the waiting state that TCP leaves behind is the
// server's and the swarm does not run out of ports.

import { Client } from './client.ts'
import { dialects } from './dialect.ts'
import { Latency, measure, quiet } from './meter.ts'
import type { ChurnScenario, Outcome } from './scenario.ts'

export async function runChurn(scenario: ChurnScenario): Promise<Outcome> {
  const { target } = scenario
  const dialect = dialects[target.dialect]
  const closes: Record<string, number> = {}
  const latency = new Latency()
  let opened = 0
  let finished = 0
  let failed = 0
  let going = true

  const turn = (): void => {
    const start = performance.now()
    let greeted = false
    opened += 1
    const client = new Client(target.nodes[0].port, dialect, dialect.hello, {
      ready: () => {
        greeted = true
        latency.add(performance.now() - start)
        client.close()
      },
      data: () => {},
      closed: (_, code) => {
        finished += 1
        if (!greeted) failed += 1
        else if (code !== 1000) closes[code] = (closes[code] ?? 0) + 1
        if (going) turn()
      },
    })
  }

  for (let i = 0; i < scenario.places; i += 1) turn()
  const reading = await measure(scenario, () => finished, latency)
  going = false
  await quiet(
    () => finished,
    () => finished >= opened,
  )
  return { ...reading, expected: opened, received: finished - failed, failed, closes }
}
