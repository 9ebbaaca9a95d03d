// One publisher, 1,000 members, 128 bytes: as fast as it goes, and at a pace that leaves nothing to join.

import {
  type Bench,
  howMeasured,
  type Settings,
  takeTurns,
  targetOf,
  warmupMs,
} from './support/bench.ts'
import { loadMeasures, toTurn } from './support/load.ts'
import type { Table } from './support/report.ts'
import type { FanoutScenario } from './swarm/scenario.ts'

const members = 1000
const payloadBytes = 128
// A server that delivers less than this share of what is published falls behind.
const keepsUp = 0.95

export const bench: Bench = {
  name: 'fanout',
  about: '1 publisher × 1,000 members, saturated and sparse',
  run: async (settings) => [
    await fanout(settings, 'saturated', `${settings.window} messages under way`, {
      window: settings.window,
    }),
    await fanout(settings, 'sparse', `${settings.perSecond} messages a second`, {
      perSecond: settings.perSecond,
    }),
  ],
}

async function fanout(
  settings: Settings,
  kind: string,
  how: string,
  pace: FanoutScenario['pace'],
): Promise<Table> {
  const title = `fanout, ${kind}`
  const measureMs = settings.seconds * 1000
  const turns = await takeTurns(settings, title, async ({ dialect }, server, swarm) => {
    const target = targetOf(server, dialect)
    const shape = { rooms: 1, members, payloadBytes, pace }
    const turn = toTurn(await swarm.load({ type: 'fanout', target, warmupMs, measureMs, ...shape }))
    if ('perSecond' in pace && turn.figures['perSecond']! < pace.perSecond * members * keepsUp)
      turn.notes.push('does not keep up with the rate, so this is not sparse; try a lower --rate')
    return turn
  })
  return {
    title: `${title}: 1 room × ${members} members, ${payloadBytes} B, ${how}`,
    setting: howMeasured(settings),
    measures: loadMeasures('deliveries', 'delivery'),
    ...turns,
  }
}
