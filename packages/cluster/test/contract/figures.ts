// What a bus tells about itself.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { fence, kept, plain, startNodes } from './nodes.ts'

export function figuresPromises(makeCluster: MakeCluster): void {
  it('a bus counts the rooms that its node hears', async () => {
    const { join } = await startNodes(makeCluster)
    const [a, b] = [await join('a'), await join('b')]
    expect(a.bus.figures().rooms).toBe(0)
    for (const room of ['one', 'two', 'one']) await a.bus.subscribe(room)
    await b.bus.subscribe('three')
    expect([a, b].map(({ bus }) => bus.figures().rooms)).toEqual([2, 1])
    await a.bus.unsubscribe('one')
    expect(a.bus.figures().rooms).toBe(1)
    await a.bus.close()
    expect(a.bus.figures().rooms).toBe(0)
  })

  it('nothing waits when all is published and heard', async () => {
    const { join } = await startNodes(makeCluster)
    const [a, b] = [await join('a'), await join('b')]
    await b.bus.subscribe('room')
    const sent = Array.from({ length: 50 }, async (_, at) => a.bus.publish('room', `${at}`, kept))
    await Promise.all(sent)
    await a.bus.publish('room', '50', plain)
    await fence(a, b)
    await b.deliveries('room', 51)
    expect(a.bus.figures()).toMatchObject({ sendBytes: 0, deliverBytes: 0 })
    expect(b.bus.figures()).toMatchObject({ sendBytes: 0, deliverBytes: 0 })
  })
}
