// The bus on a real Redis Cluster of three primaries, with sharded Pub/Sub.

import { Events } from '@sluice/core'
import { afterAll, beforeAll } from 'vitest'
import { type Bus, type BusEvent, type BusHost, createRedisBus } from '../src/index.ts'
import { busContract } from './bus.contract.ts'
import { startCluster, type TestCluster } from './redis/cluster.ts'

let redis: TestCluster
let clusters = 0

beforeAll(async () => {
  redis = await startCluster()
}, 30_000)

afterAll(() => redis.stop())

async function joined(host: BusHost, prefix: string): Promise<Bus> {
  const events = new Events<BusEvent>()
  const up = new Promise<void>((resolve) => {
    events.on((event) => {
      if (event.name === 'link.changed' && event.state === 'up') resolve()
    })
  })
  const bus = createRedisBus(host, { url: redis.url, prefix, events })
  await up
  return bus
}

busContract('redis cluster bus', async () => {
  const buses: Bus[] = []
  const prefix = `contract-${++clusters}`
  return {
    async join(host) {
      const bus = await joined(host, prefix)
      buses.push(bus)
      return bus
    },
    elapse: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async close() {
      await Promise.all(buses.map((bus) => bus.close()))
    },
  }
})
