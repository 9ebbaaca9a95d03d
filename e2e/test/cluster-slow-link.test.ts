// A way to Redis that is slow, and well.

import { startRedis } from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { startProxy } from '../support/cluster/proxy.ts'
import { kept, padded, Peer, Story } from '../support/links/peer.ts'

test('an answer that takes long to arrive ends no connection', async () => {
  await using redis = await startRedis()
  await using proxy = await startProxy(redis.port)
  await using teller = new Peer('teller', new Story(), { url: redis.url, prefix: 'slow' })
  await using reader = new Peer('reader', new Story(), { url: proxy.url, prefix: 'slow' })
  await Promise.all([teller.up(), reader.up()])
  const text = padded('text', '.'.repeat(10_000))
  await Promise.all(
    Array.from({ length: 500 }, async () => teller.bus.publish('room', text, { history: kept })),
  )
  const ends: string[] = []
  onTestFinished(
    reader.events.on((event) => void (event.name === 'link.lost' && ends.push(event.why))),
  )
  // For more than two commands' time.
  proxy.throttle(2_000_000, 'toClient')
  const { publications } = await reader.bus.history('room', {}, kept)
  expect(ends).toEqual([])
  expect(publications).toHaveLength(500)
})
