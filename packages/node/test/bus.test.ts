import { startRedis } from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { listenTo, startTestNode } from './http/harness.ts'

const history = { size: 100, ttlMs: 60_000 }

test('what the bus loses, repairs and tells is counted, and shows in the metrics', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const node = await startTestNode({
    insecure: true,
    redis: redis.url,
    cluster: { pingMs: 100, commandTimeoutMs: 300 },
  })
  const { bus, counters } = node.services
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${node.urls.admin}/metrics`)).text()
    return Number(new RegExp(`^sluice_bus_${name} (.*)$`, 'm').exec(text)?.[1])
  }
  await expect.poll(() => bus.ready()).toBe(true)
  await bus.subscribe('room')
  await bus.publish('room', '1', { history })
  expect(await metric('up')).toBe(1)
  expect(await metric('losses_total')).toBe(0)
  const lost = listenTo(node, 'link.lost')
  const told = listenTo(node, 'gap.told')
  await redis.kill()
  await expect.poll(() => bus.ready()).toBe(false)
  expect(await metric('up')).toBe(0)
  await redis.restart()
  await expect.poll(() => bus.ready(), { timeout: 5_000 }).toBe(true)
  // It came back empty: the room hears so.
  expect(told).toMatchObject([{ room: 'room', why: 'epoch' }])
  expect(await metric('gaps_total')).toBe(1)
  expect(await metric('losses_total')).toBe(lost.length)
  expect(lost.length).toBeGreaterThan(0)
  expect([counters.busRepaired, counters.busLost]).toEqual([0, 0])
})
