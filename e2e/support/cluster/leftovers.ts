// What nothing that breaks may leave behind: on every node, what is there is what is counted, and nobody is an orphan.
//
//   actors = the fixed set + sockets + rooms       sockets = those of the swarm that are connected there

import { setTimeout as sleep } from 'node:timers/promises'
import { nothingLeft } from '../books.ts'
import type { ClusterNode, Nodes } from './nodes.ts'
import type { Swarm } from './swarm.ts'

/** The design allows 30 s after any chaos. */
const longestMs = 30_000

/** The actors of an idle node: the same on each, since all are configured alike. */
export async function fixedSet(node: ClusterNode): Promise<number> {
  const { actors, sockets, rooms } = await node.gateway!.vars()
  if (sockets !== 0 || rooms !== 0) throw new Error(`${node.config.name} is not idle`)
  return Number(actors)
}

/** Every difference that lasts, in words. */
export async function leftovers(
  nodes: Nodes,
  swarm: Swarm,
  { fixed, settleMs = longestMs }: { fixed: number; settleMs?: number },
): Promise<string[]> {
  const deadline = performance.now() + settleMs
  const look = async (node: ClusterNode): Promise<string[]> => {
    for (;;) {
      const wrong = await differences(node, swarm, fixed)
      if (wrong.length === 0 || performance.now() > deadline) return wrong
      await sleep(200)
    }
  }
  return (await Promise.all(nodes.running.map(look))).flat()
}

async function differences(node: ClusterNode, swarm: Swarm, fixed: number): Promise<string[]> {
  const { name = '' } = node.config
  const gateway = node.gateway
  if (gateway === undefined) return [`${name} is not there`]
  try {
    const vars = await gateway.vars()
    const clients = swarm.on(gateway.socket)
    const rooms = new Set(clients.flatMap((client) => client.rooms)).size
    const expected: Record<string, number> = {
      ...{ sockets: clients.length, connections: clients.length, clients: clients.length, rooms },
      ...{ actors: fixed + clients.length + rooms, mailbox_messages: 0, ...nothingLeft },
    }
    return Object.entries(expected)
      .filter(([what, count]) => vars[what] !== count)
      .map(([what, count]) => `${name}: ${what} is ${vars[what]} and not ${count}`)
  } catch (error) {
    return [`${name} does not answer: ${(error as Error).message}`]
  }
}
