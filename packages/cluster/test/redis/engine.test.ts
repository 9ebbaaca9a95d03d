import { ManualClock } from '@sluice/core'
import { expect, test } from 'vitest'
import { packPlain } from '../../src/redis/envelope.ts'
import { Engine } from '../../src/redis/engine.ts'
import { createKeys } from '../../src/redis/keys.ts'
import { resolveRedisBusOptions } from '../../src/redis/options.ts'
import type { Found, RedisStreams, Standing } from '../../src/redis/streams.ts'

/** An engine whose channels and streams answer when and what the test says. */
function createEngine(
  want: (nth: number) => Promise<void>,
  find: (nth: number) => Promise<Found[]>,
): { engine: Engine; dropped: string[] } {
  const dropped: string[] = []
  let wants = 0
  let finds = 0
  const channels = {
    slotOf: () => 0,
    reaches: () => true,
    want: () => want(++wants),
    drop: async (channel: string) => void dropped.push(channel),
    forget() {},
  }
  const options = resolveRedisBusOptions({ url: 'redis://x', clock: new ManualClock() })
  const streams = { find: () => find(++finds) } as unknown as RedisStreams
  const engine = new Engine(createKeys('engine'), options, channels, streams, () => {})
  return { engine, dropped }
}

const nowhere: Found = { epoch: '', offset: 0, mark: '', same: true }

test('of two that subscribe at once neither is told that it is heard when it is not', async () => {
  const second = Promise.withResolvers<void>()
  const { engine } = createEngine(
    (nth) => (nth === 1 ? Promise.resolve() : second.promise),
    (nth) => (nth === 1 ? Promise.reject(new Error('refused')) : Promise.resolve([nowhere])),
  )
  const both = [engine.subscribe('room'), engine.subscribe('room')]
  await expect(both[0]).rejects.toThrow('refused')
  second.resolve()
  await both[1]!.catch(() => {})
  const told = await Promise.allSettled(both)
  expect(told.some(({ status }) => status === 'fulfilled')).toBe(engine.has('room'))
  await engine.subscribe('room')
  expect(engine.has('room')).toBe(true)
})

test('a channel that is wanted after its room was left is dropped once more', async () => {
  const wanted = Promise.withResolvers<void>()
  const { engine, dropped } = createEngine(
    () => wanted.promise,
    () => Promise.resolve([nowhere]),
  )
  const subscribed = engine.subscribe('room')
  await engine.unsubscribe('room')
  expect(dropped).toHaveLength(1)
  wanted.resolve()
  await subscribed
  expect(dropped).toHaveLength(2)
})

test('what rooms hold back is bounded in bytes, counted, and leaves room for what is due', async () => {
  const clock = new ManualClock()
  const keys = createKeys('engine')
  const options = resolveRedisBusOptions({ url: 'redis://x', clock, maxQueueBytes: 100_000 })
  const heard: string[] = []
  // Where the stream of a slow room stands is never said.
  const find = ([room]: readonly Standing[]): Promise<Found[]> =>
    room!.name.startsWith('slow') ? new Promise(() => {}) : Promise.resolve([nowhere])
  const channels = {
    slotOf: () => 0,
    reaches: () => true,
    want: async () => {},
    drop: async () => {},
    forget() {},
  }
  const engine = new Engine(keys, options, channels, { find } as unknown as RedisStreams, (room) =>
    heard.push(room),
  )
  const slow = Array.from({ length: 20 }, (_, i) => `slow ${i}`)
  for (const room of slow) void engine.subscribe(room)
  await engine.subscribe('quick')
  const publication = { data: 'x'.repeat(1_000) }
  const receive = (room: string, number: number): void => {
    const frame = packPlain('ada', number, 1, [{ type: 'publication', publication }])
    engine.received(keys.channel(room), frame)
    clock.flush()
  }
  for (let number = 1; number <= 50; number++) for (const room of slow) receive(room, number)
  expect(engine.bytes).toBeLessThanOrEqual(50_000)
  expect(engine.bytes).toBeGreaterThan(45_000)
  receive('quick', 1)
  expect(heard).toEqual(['quick'])
  for (const room of slow) await engine.unsubscribe(room)
  expect(engine.bytes).toBe(0)
})
