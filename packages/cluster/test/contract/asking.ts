// Questions from node to node.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { startNodes } from './nodes.ts'

export function askingPromises(makeCluster: MakeCluster): void {
  it('a node answers others and itself, and knows who asks and how long they wait', async () => {
    const { join } = await startNodes(makeCluster)
    const asked: { question: string; from: string }[] = []
    const a = await join('a')
    const b = await join('b', {
      answer({ question, from, timeoutMs }) {
        expect(timeoutMs).toBeGreaterThan(0)
        expect(timeoutMs).toBeLessThanOrEqual(5_000)
        asked.push({ question, from })
        return `${question}!`
      },
    })
    expect(await a.bus.ask('b-uid', 'is it “you”?', 5_000)).toBe('is it “you”?!')
    expect(await b.bus.ask('b-uid', 'me', 5_000)).toBe('me!')
    expect(asked).toEqual([
      { question: 'is it “you”?', from: 'a-uid' },
      { question: 'me', from: 'b-uid' },
    ])
  })

  it('answers find their questions, in whatever order they come', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const first = Promise.withResolvers<string>()
    await join('b', {
      answer: ({ question }) => (question === 'first' ? first.promise : `to ${question}`),
    })
    const waiting = a.bus.ask('b-uid', 'first', 5_000)
    expect(await a.bus.ask('b-uid', 'second', 5_000)).toBe('to second')
    first.resolve('to first')
    expect(await waiting).toBe('to first')
  })

  it('a failure arrives in the words of who failed', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b', {
      answer: () => {
        throw new Error('no such room')
      },
    })
    for (const node of [a, b]) {
      await expect(node.bus.ask('b-uid', '?', 5_000)).rejects.toMatchObject({
        code: 'ask_failed',
        message: '[ask_failed] no such room',
      })
    }
  })

  it('a node that answers nothing says so, and one that is not there is dead', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await expect(a.bus.ask('b-uid', '?', 5_000)).rejects.toMatchObject({ code: 'not_available' })
    await expect(a.bus.ask('nobody', '?', 5_000)).rejects.toMatchObject({ code: 'actor_dead' })
    await b.bus.close()
    await expect(b.bus.ask('a-uid', '?', 5_000)).rejects.toMatchObject({ code: 'closed' })
  })

  it('without an answer in time the ask ends', async () => {
    const { cluster, join } = await startNodes(makeCluster)
    const a = await join('a')
    const asked = Promise.withResolvers<void>()
    await join('b', {
      answer() {
        asked.resolve()
        return new Promise(() => {})
      },
    })
    const waiting = a.bus.ask('b-uid', '?', 100)
    const elapsed = asked.promise.then(() => cluster.elapse(200))
    await expect(waiting).rejects.toMatchObject({ code: 'ask_timeout' })
    await elapsed
  })
}
