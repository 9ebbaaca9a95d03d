// A call and its answer, 100 connections at once: an RPC to Sluice, the same command to bare `ws`, an
// acknowledged event to Socket.IO.

import { type Bench, howMeasured, takeTurns, targetOf, warmupMs } from './support/bench.ts'
import { loadMeasures, toTurn } from './support/load.ts'

const connections = 100
const payloadBytes = 128
const window = 8

export const bench: Bench = {
  name: 'echo',
  about: 'RPC and its answer, 100 connections',
  run: async (settings) => {
    const measureMs = settings.seconds * 1000
    const turns = await takeTurns(settings, 'echo', async ({ dialect }, server, swarm) => {
      const target = targetOf(server, dialect)
      const shape = { connections, window, payloadBytes }
      return toTurn(await swarm.load({ type: 'echo', target, warmupMs, measureMs, ...shape }))
    })
    return [
      {
        title: `echo: ${connections} connections, ${payloadBytes} B, ${window} calls under way in each`,
        setting: howMeasured(settings),
        measures: loadMeasures('answers', 'call'),
        ...turns,
      },
    ]
  },
}
