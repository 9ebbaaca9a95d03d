import { expect, test } from 'vitest'
import { groupActors } from '../../../src/inspect/map/groups.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { printStateMap, stateMap } from '../../../src/inspect/map/state-map.ts'
import { inert, open } from '../../actors.ts'
import { createWorld } from '../../world.ts'

async function busy() {
  const world = createWorld()
  for (let i = 0; i < 30; i++) {
    world.system.spawn(open('connection')).tell((self) => void self.hold('socket', 'peer'))
  }
  world.system.spawn(open('room')).tell((self) => void self.hold('redis', 'publish'))
  for (let i = 0; i < 12; i++) world.system.spawn(inert)
  await world.clock.advanceAsync(5_000)
  return world.system
}

test('the state map has groups, clusters and the share that is parked', async () => {
  const map = stateMap(takeDump(await busy()))
  expect(map).toMatchObject({
    total: 44,
    listed: 44,
    population: { idle: 13, waiting: 31 },
    parked: {
      count: 31,
      share: 31 / 44,
      waits: [
        { wait: 'socket', count: 30 },
        { wait: 'redis', count: 1 },
      ],
    },
    groupCount: 4,
  })
  expect(map.groups.map(({ behavior, count }) => [behavior, count])).toEqual([
    ['connection', 30],
    ['inert', 12],
    ['room', 1],
    ['root', 1],
  ])
  expect(map.clustering.clusters.map(({ count }) => count)).toEqual([30, 13])
  expect(JSON.parse(JSON.stringify(map))).toEqual(map)
  expect(printStateMap(map).join('\n')).toBe(`\
parked: 70 % of 44 actors: socket 30, redis 1

4 groups:
    30 × connection [waiting: socket peer] 5 s … 5 s … 5 s
    12 × inert [idle] 5 s … 5 s … 5 s
    1 × room [waiting: redis publish] 5 s … 5 s … 5 s
    1 × root [idle] 5 s … 5 s … 5 s

2 clusters:
    68 %: 30 × connection [waiting: socket, 5 s] age 5 s from 1 site
        such as 1 2 3 4 5
    30 %: 13 actors [idle, 5 s] (inert 12, root 1) age 5 s from 2 sites
        such as 0 20 21 22 23
    1 actor like few others
        such as 1f`)
})

test('the share that is parked is of all actors, also when the dump lists few of them', async () => {
  const map = stateMap(takeDump(await busy(), { limit: 10 }), { groups: 1 })
  expect(map).toMatchObject({ total: 44, listed: 10, parked: { count: 31, share: 31 / 44 } })
  expect(map).toMatchObject({ grouped: 10, groupCount: 2 })
  const lines = printStateMap(map)
  expect(lines).toContain('2 groups, of 10 listed:')
  expect(lines).toContain('0 clusters, of 10 listed:')
  expect(lines).toContain('    1 more')
})

test('a dump that has groups only makes a map without clusters', async () => {
  const dump = takeDump(await busy())
  const map = stateMap({ ...dump, actors: [], groups: groupActors(dump) })
  expect(map).toMatchObject({ grouped: 44, listed: 0, groupCount: 4, clustering: { clusters: [] } })
  expect(map.parked).toEqual(stateMap(dump).parked)
  expect(printStateMap(map)).toContain('0 clusters, of 0 listed:')
})
