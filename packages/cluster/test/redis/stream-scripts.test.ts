import { type RedisServer, startRedis } from '@sluice/test-support'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  placesScript,
  publishScript,
  readScript,
  rotateScript,
} from '../../src/redis/stream-scripts.ts'

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

/** What is read after an offset at which the entry with this mark was heard. */
async function readAfter(offset: number, mark: string): Promise<unknown> {
  const what = ['new', 60_000, '1', 'epoch', offset, '0', -1, mark]
  return admin.eval(readScript.source, 2, meta, log, ...what)
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
  // Nor is what comes after it read as its continuation.
  expect(await send('eve', 2, 'x')).toBe('4:epoch')
  expect(await readAfter(3, old)).toEqual(['epoch', 4, 2])
  expect(await readAfter(3, await markOf(3))).toEqual([
    ...['epoch', 4, 1],
    [4, 'bytes', await markOf(4)],
  ])
  expect(await readAfter(3, '')).toHaveLength(4)
})

test('what is told of an entry names the one before it, in this stream', async () => {
  await admin.flushall()
  const listener = admin.duplicate()
  const heard: string[] = []
  listener.on('message', (_channel, text: string) => heard.push(text))
  await listener.subscribe('sluice:r:{room}')
  await send('ada', 1, 'epoch')
  await send('bob', 1, 'x')
  const what = ['epoch', 'other', 'sluice:r:{room}', 'PUBLISH']
  await admin.eval(rotateScript.source, 2, meta, log, ...what)
  await send('ada', 2, 'y')
  await expect
    .poll(() => heard)
    .toEqual([
      '\u0002D1:epoch:ada~1~epoch::bytes',
      '\u0002D2:epoch:bob~1~x:ada~1~epoch:bytes',
      '\u0002Eother',
      '\u0002D1:other:ada~2~y::bytes',
    ])
  listener.disconnect()
})

test('the token of a room that keeps nothing is not kept for ever', async () => {
  const what = ['sluice:r:{kept}', 'bytes', '', -1, 1, 60_000, 0, 7, 1, 'x']
  const keys = ['sluice:{kept}:meta', 'sluice:{kept}:log', 'sluice:{kept}:meta']
  await admin.eval(publishScript.source, 3, ...keys, ...what, 'PUBLISH', 'ada')
  expect(await admin.hget(keys[0]!, 'f')).toBe('7')
  expect(await admin.pttl(keys[0]!)).toBeGreaterThan(50_000)
})
