// Names that one node owns at a time, and the tokens that tell a former owner from the present one.

import { expect, it } from 'vitest'
import type { MakeCluster } from '../bus.contract.ts'
import { numbers, startNodes } from './nodes.ts'

export function owningPromises(makeCluster: MakeCluster): void {
  it('the first node that asks owns a name, and every node is told the same', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const owned = await a.bus.own('name')
    expect(owned).toMatchObject({ owner: 'a-uid', own: true })
    expect(await a.bus.own('name')).toEqual(owned)
    expect(await b.bus.own('name')).toEqual({ ...owned, own: false })
    expect(await b.bus.own('other')).toMatchObject({ owner: 'b-uid', own: true })
  })

  it('of many that ask at once, one owns it, with one token', async () => {
    const { join } = await startNodes(makeCluster)
    const nodes = [await join('a'), await join('b'), await join('c')]
    const answers = await Promise.all(
      nodes.flatMap((node) => numbers(5).map(async () => node.bus.own('name'))),
    )
    expect(new Set(answers.map(({ owner, token }) => `${owner} ${token}`)).size).toBe(1)
    expect(answers.filter(({ own }) => own)).toHaveLength(5)
  })

  it('a name that was given up is free, and its tokens only grow', async () => {
    const { join } = await startNodes(makeCluster)
    const nodes = [await join('a'), await join('b')]
    let last = 0
    for (const node of [...nodes, ...nodes]) {
      const owned = await node.bus.own('name')
      expect(owned.own).toBe(true)
      expect(owned.token).toBeGreaterThan(last)
      last = owned.token
      await node.bus.disown('name')
      await node.bus.disown('name')
    }
  })

  it('nobody gives up what is another’s', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const owned = await a.bus.own('name')
    await b.bus.disown('name')
    expect(await b.bus.own('name')).toEqual({ ...owned, own: false })
  })

  it('what a closed node owned is free', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const { token } = await a.bus.own('name')
    await a.bus.close()
    const owned = await b.bus.own('name')
    expect(owned).toMatchObject({ owner: 'b-uid', own: true })
    expect(owned.token).toBeGreaterThan(token)
  })

  it('a former owner can publish no more in the room of that name, kept or not', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const history = { size: 10, ttlMs: 60_000 }
    const first = await a.bus.own('room')
    await a.bus.publish('room', '1', { history, fence: first.token })
    await a.bus.disown('room')
    const second = await b.bus.own('room')
    for (const options of [{ history, fence: first.token }, { fence: first.token }]) {
      await expect(a.bus.publish('room', '"stale"', options)).rejects.toMatchObject({
        code: 'owner_fenced',
      })
    }
    await b.bus.publish('room', '2', { history, fence: second.token })
    const { publications } = await b.bus.history('room', {}, history)
    expect(publications.map(({ data }) => data)).toEqual(['1', '2'])
  })
}
