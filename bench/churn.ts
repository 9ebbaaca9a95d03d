// Connect, be greeted, close with a handshake, and again: what a connection costs that does nothing else.

import { type Bench, howMeasured, takeTurns, targetOf, warmupMs } from './support/bench.ts'
import { loadMeasures, toTurn } from './support/load.ts'

const places = 64

export const bench: Bench = {
  name: 'churn',
  about: 'connections opened, greeted and closed a second',
  run: async (settings) => {
    const measureMs = settings.seconds * 1000
    const turns = await takeTurns(settings, 'churn', async ({ dialect }, server, swarm) => {
      const target = targetOf(server, dialect)
      return toTurn(await swarm.load({ type: 'churn', target, warmupMs, measureMs, places }))
    })
    return [
      {
        title: `churn: ${places} connections at a time, opened, greeted, closed`,
        setting: `${howMeasured(settings)}; latency is connect to greeting`,
        measures: loadMeasures('connections', 'connection'),
        ...turns,
      },
    ]
  },
}
