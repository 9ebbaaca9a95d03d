import { ManualClock } from '@sluice/core'
import { expect, test } from 'vitest'
import { packPlain } from '../../src/redis/envelope.ts'
import { Engine } from '../../src/redis/engine.ts'
import { createKeys } from '../../src/redis/keys.ts'
import { resolveRedisBusOptions } from '../../src/redis/options.ts'
import type { Found, RedisStreams, Standing } from '../../src/redis/streams.ts'

test('what rooms hold back is bounded in bytes, counted, and leaves room for what is due', async () => {
  const clock = new ManualClock()
  const keys = createKeys('engine')
  const options = resolveRedisBusOptions({ url: 'redis://x', clock, maxQueueBytes: 100_000 })
  const heard: string[] = []
  // Where the stream of a slow room stands is never said.
  const find = ([room]: readonly Standing[]): Promise<Found[]> =>
    room!.name.startsWith('slow')
      ? new Promise(() => {})
      : Promise.resolve([{ epoch: '', offset: 0, mark: '', same: true }])
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
