// What remains of a node that left: nothing but what it published.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { fence, kept, past, plain, startNodes } from './nodes.ts'

export function closingPromises(makeCluster: MakeCluster): void {
  it('a closed bus hears nothing more, and the others go on', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    for (const node of [a, b]) await node.bus.subscribe('room')
    expect(b.bus.ready()).toBe(true)
    await b.bus.close()
    expect(b.bus.ready()).toBe(false)
    await a.bus.publish('room', '1', kept)
    await a.bus.control({ type: 'disconnect', user: 'ada', code: 3503, reason: 'x' })
    await fence(a, a)
    await a.controls(1)
    expect(a.data('room')).toEqual(['1'])
    expect(b.heard('room')).toEqual([])
    expect(b.commands).toEqual([])
    expect(a.bus.ready()).toBe(true)
  })

  it('the presence, the members and the entry of a node leave with it', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.addPresence('room', { client: 'c1', user: 'ada' })
    await b.bus.addPresence('room', { client: 'c2', user: 'bob' })
    a.bus.setMembers('room', 1)
    b.bus.setMembers('room', 5)
    b.bus.setMembers('other', 1)
    await b.bus.rooms()
    await b.bus.close()
    expect(await a.bus.presence('room')).toEqual([{ client: 'c1', user: 'ada' }])
    expect(await a.bus.presenceStats('room')).toEqual({ numClients: 1, numUsers: 1 })
    expect(await a.bus.rooms()).toEqual({ value: new Map([['room', 1]]), silent: [] })
    expect((await a.bus.nodes()).value.map(({ name }) => name)).toEqual(['a'])
  })

  it('the streams a node published to outlive it', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const position = await b.bus.publish('room', '1', kept)
    await b.bus.close()
    expect(await a.bus.history('room', {}, past)).toMatchObject({
      ...position,
      publications: [{ data: '1', offset: 1 }],
    })
  })

  it('a closed bus does no more work: undoing is done, all else fails, closing again is fine', async () => {
    const { join } = await startNodes(makeCluster)
    const { bus } = await join('a')
    await bus.addPresence('room', { client: 'c1', user: 'ada' })
    await bus.close()
    await bus.close()
    bus.setMembers('room', 1)
    await bus.unsubscribe('room')
    await bus.removePresence('room', 'c1')
    const info = { client: 'c1', user: 'ada' }
    const calls: (() => unknown)[] = [
      () => bus.publish('room', '1', plain),
      () => bus.subscribe('room'),
      () => bus.history('room', {}, past),
      () => bus.removeHistory('room'),
      () => bus.addPresence('room', info),
      () => bus.presence('room'),
      () => bus.presenceStats('room'),
      () => bus.announce('room', 'leave', info),
      () => bus.control({ type: 'disconnect', user: 'ada', code: 3503, reason: 'x' }),
      () => bus.rooms(),
      () => bus.nodes(),
    ]
    for (const call of calls) {
      // A promise that rejects, never a throw.
      const result = call()
      await expect(result).rejects.toMatchObject({ code: 'closed' })
    }
  })
}
