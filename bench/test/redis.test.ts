import { existsSync, readlinkSync } from 'node:fs'
import { startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { redisBytes } from '../support/memory.ts'
import { cpuUs } from '../support/proc.ts'

test('a Redis of a turn is empty, is seen from outside, and leaves nothing behind', async () => {
  const redis = await startRedis()
  const folder = readlinkSync(`/proc/${redis.pid}/cwd`)
  const client = new Redis(redis.url)
  try {
    expect(await client.dbsize()).toBe(0)
    const before = await redisBytes(redis.url)
    await client.set('much', 'x'.repeat(1_000_000))
    expect((await redisBytes(redis.url)) - before).toBeGreaterThan(1_000_000)
    expect(cpuUs(redis.pid)).toBeGreaterThanOrEqual(0)
  } finally {
    client.disconnect()
    await redis[Symbol.asyncDispose]()
  }
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(`/proc/${redis.pid}`)).toBe(false)
})
