// A key makes a publish safe to repeat.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { fence, kept, past, plain, startNodes } from './nodes.ts'

export function idempotencyPromises(makeCluster: MakeCluster): void {
  it('a repeated publish returns the first position and is heard by nobody twice', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.subscribe('room')
    const keyed = { ...kept, idempotencyKey: 'k1' }
    const first = await a.bus.publish('room', '"first"', keyed)
    await a.bus.publish('room', '"between"', kept)
    expect(first?.offset).toBe(1)
    expect(await a.bus.publish('room', '"again"', keyed)).toEqual(first)
    expect(await b.bus.publish('room', '"elsewhere"', keyed)).toEqual(first)
    await fence(b, a)
    await fence(a, a)
    expect(a.data('room')).toEqual(['"first"', '"between"'])
    expect((await a.bus.history('room', {}, past)).offset).toBe(2)
  })

  it('of many at once with one key, one takes effect', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const nodes = [a, await join('b'), await join('c')]
    const keyed = { ...kept, idempotencyKey: 'k1' }
    const positions = await Promise.all(
      nodes.flatMap((node) => [1, 2, 3].map(async (i) => node.bus.publish('room', `${i}`, keyed))),
    )
    expect(new Set(positions.map((position) => position?.offset))).toEqual(new Set([1]))
    const { offset } = await a.bus.history('room', {}, past)
    expect(offset).toBe(1)
  })

  it('a key counts in its room, and also where there is no history', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const rooms = ['room', 'room k', 'other']
    for (const room of rooms) {
      await a.bus.subscribe(room)
    }
    for (const room of rooms) {
      const key = room === 'room' ? ' k1' : '1'
      const keyed = { ...plain, idempotencyKey: key }
      expect(await a.bus.publish(room, '1', keyed)).toBeUndefined()
      expect(await a.bus.publish(room, '2', keyed)).toBeUndefined()
    }
    await fence(a, a)
    for (const room of rooms) {
      expect(a.data(room)).toEqual(['1'])
    }
  })

  it('a key counts from the first publish on, for its time and no longer', async () => {
    const { cluster, join } = await startNodes(makeCluster)
    const a = await join('a')
    const brief = { ...kept, idempotencyKey: 'brief', idempotencyTtlMs: 50 }
    const lasting = { ...kept, idempotencyKey: 'lasting', idempotencyTtlMs: 60_000 }
    expect(await a.bus.publish('room', '1', brief)).toMatchObject({ offset: 1 })
    expect(await a.bus.publish('room', '2', lasting)).toMatchObject({ offset: 2 })
    await cluster.elapse(100)
    expect(await a.bus.publish('room', '3', brief)).toMatchObject({ offset: 3 })
    expect(await a.bus.publish('room', '4', lasting)).toMatchObject({ offset: 2 })
  })

  it('a repeat is answered with the old position even when the history is gone', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const keyed = { ...kept, idempotencyKey: 'k1' }
    const first = await a.bus.publish('room', '1', keyed)
    await a.bus.removeHistory('room')
    expect(await a.bus.publish('room', '1', keyed)).toEqual(first)
  })
}
