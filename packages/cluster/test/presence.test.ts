import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientInfo } from '../src/index.ts'
import { mergeClients, mergeStats, Presence } from '../src/presence.ts'

const act = fc.record({
  add: fc.boolean(),
  node: fc.nat(2),
  room: fc.constantFrom('x', 'y'),
  client: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
  user: fc.constantFrom('ada', 'bob'),
})

describe('presence', () => {
  it('lists and counts what was added and not removed, one node alone and several together', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const nodes = [new Presence(), new Presence(), new Presence()]
        const model = nodes.map(() => new Map<string, { room: string; info: ClientInfo }>())
        for (const { add, node, room, client, user } of acts) {
          const key = `${room} ${client}`
          if (add) {
            nodes[node]?.add(room, { client, user })
            model[node]?.set(key, { room, info: { client, user } })
          } else {
            nodes[node]?.remove(room, client)
            model[node]?.delete(key)
          }
        }
        for (const room of ['x', 'y']) {
          const known = model.map((each) =>
            [...each.values()].filter((one) => one.room === room).map((one) => one.info),
          )
          for (const [i, node] of nodes.entries()) {
            const infos = known[i] ?? []
            expect(new Set(node.clients(room))).toEqual(new Set(infos))
            expect(node.has(room)).toBe(infos.length > 0)
            expect(node.stats(room)).toEqual(count(infos))
          }
          const together = new Map(known.flat().map((info) => [info.client, info]))
          expect(new Set(mergeClients(nodes, room))).toEqual(new Set(together.values()))
          expect(mergeStats(nodes, room)).toEqual(count([...together.values()]))
        }
      }),
    )
  })
})

function count(infos: ClientInfo[]): { numClients: number; numUsers: number } {
  return { numClients: infos.length, numUsers: new Set(infos.map((info) => info.user)).size }
}
