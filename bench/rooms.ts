// 100 rooms of 10 members, a publisher in each, as fast as it goes: little to share, much to switch between.

import { type Bench, howMeasured, takeTurns, targetOf, warmupMs } from './support/bench.ts'
import { loadMeasures, toTurn } from './support/load.ts'

const rooms = 100
const members = 10
const payloadBytes = 128
const window = 16

export const bench: Bench = {
  name: 'rooms',
  about: '100 rooms × 10 members, a publisher in each, saturated',
  run: async (settings) => {
    const measureMs = settings.seconds * 1000
    const turns = await takeTurns(settings, 'rooms', async ({ dialect }, server, swarm) => {
      const target = targetOf(server, dialect)
      const shape = { rooms, members, payloadBytes, pace: { window } }
      return toTurn(await swarm.load({ type: 'fanout', target, warmupMs, measureMs, ...shape }))
    })
    return [
      {
        title: `rooms: ${rooms} rooms × ${members} members, ${payloadBytes} B, ${window} messages under way in each`,
        setting: howMeasured(settings),
        measures: loadMeasures('deliveries', 'delivery'),
        ...turns,
      },
    ]
  },
}
