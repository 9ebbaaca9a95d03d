import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placesScript, publishScript } from '../../src/redis/stream-scripts.ts'

let redis: RedisServer
let admin: Redis

beforeAll(async () => {
  redis = await startRedis()
  admin = new Redis(redis.url)
})

afterAll(async () => {
  admin.disconnect()
  await redis[Symbol.asyncDispose]()
})

const meta = 'sluice:{room}:meta'
const log = 'sluice:{room}:log'

/** Sends a sender's nth publication; each sending has a number of its own. */
async function send(sender: string, nth: number, sending: string): Promise<string> {
  const what = ['sluice:r:{room}', 'bytes', '', 100, 60_000, 60_000, 0, 0, nth, sending]
  const answer = await admin.eval(
    publishScript.source,
    3,
    meta,
    log,
    meta,
    ...what,
    'PUBLISH',
    sender,
  )
  return String((answer as unknown[])[0])
}

/** What tells an entry from another in its place. */
async function markOf(offset: number): Promise<string> {
  const [entry] = await admin.xrange(log, `${offset}-0`, `${offset}-0`)
  return entry![1][3]!
}

test('a publication that is sent twice is one entry, and another one where the stream was rolled back between', async () => {
  expect(await send('ada', 1, 'epoch')).toBe('1:epoch')
  const before = await Promise.all([admin.dumpBuffer(meta), admin.dumpBuffer(log)])
  expect(await send('bob', 1, 'x')).toBe('2:epoch')
  expect(await send('ada', 2, 'y')).toBe('3:epoch')
  expect(await send('ada', 2, 'z')).toBe('3:epoch')
  expect(await admin.xlen(log)).toBe(3)
  const old = await markOf(3)
  // A server that has less of it: others come first there.
  await admin.restore(meta, 0, before[0], 'REPLACE')
  await admin.restore(log, 0, before[1], 'REPLACE')
  expect(await send('eve', 1, 'x')).toBe('2:epoch')
  expect(await send('ada', 2, 'z')).toBe('3:epoch')
  const [place] = (await admin.eval(placesScript.source, 2, meta, log, 3, old)) as [unknown[]]
  expect(place).toEqual(['epoch', 3, await markOf(3), 0])
})

test('the token of a room that keeps nothing is not kept for ever', async () => {
  const what = ['sluice:r:{kept}', 'bytes', '', -1, 1, 60_000, 0, 7, 1, 'x']
  const keys = ['sluice:{kept}:meta', 'sluice:{kept}:log', 'sluice:{kept}:meta']
  await admin.eval(publishScript.source, 3, ...keys, ...what, 'PUBLISH', 'ada')
  expect(await admin.hget(keys[0]!, 'f')).toBe('7')
  expect(await admin.pttl(keys[0]!)).toBeGreaterThan(50_000)
})
