// What a stream remembers, and that recovery is complete or refused, never partial.

import { expect, it } from 'vitest'
import type { Position, Publication } from '../../src/index.ts'
import type { MakeCluster } from '../bus.contract.ts'
import { fence, kept, type Node, numbers, past, plain, publishAll, startNodes } from './nodes.ts'

export function historyPromises(makeCluster: MakeCluster): void {
  it('history is read oldest first, by any node, with the position of the stream', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const info = { client: 'c1', user: 'ada' }
    await a.bus.publish('room', '1', { ...kept, info, tags: { k: 'v' } })
    const top = await a.bus.publish('room', '2', kept)
    const late = await join('late')
    expect(await late.bus.history('room', {}, past)).toEqual({
      ...top,
      complete: true,
      publications: [
        { data: '1', offset: 1, info, tags: { k: 'v' } },
        { data: '2', offset: 2 },
      ],
    })
  })

  it('limit, since and reverse page through a stream in both directions', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', numbers(10), kept)
    const { epoch } = await position(a, 'room')
    const at = (offset: number): Position => ({ offset, epoch })
    const page = async (query: Parameters<typeof a.bus.history>[1]): Promise<string> => {
      const result = await a.bus.history('room', query, past)
      expect(result).toMatchObject({ offset: 10, epoch, complete: true })
      return texts(result.publications)
    }
    expect(await page({})).toBe('1 2 3 4 5 6 7 8 9 10')
    expect(await page({ limit: 3 })).toBe('1 2 3')
    expect(await page({ limit: 50 })).toBe('1 2 3 4 5 6 7 8 9 10')
    expect(await page({ limit: 0 })).toBe('')
    expect(await page({ since: at(7) })).toBe('8 9 10')
    expect(await page({ since: at(0), limit: 2 })).toBe('1 2')
    expect(await page({ since: at(2), limit: 3 })).toBe('3 4 5')
    expect(await page({ since: at(10) })).toBe('')
    expect(await page({ since: at(4), limit: 0 })).toBe('')
    expect(await page({ reverse: true })).toBe('10 9 8 7 6 5 4 3 2 1')
    expect(await page({ reverse: true, limit: 3 })).toBe('10 9 8')
    expect(await page({ reverse: true, limit: 0 })).toBe('')
    expect(await page({ reverse: true, since: at(4) })).toBe('3 2 1')
    expect(await page({ reverse: true, since: at(10), limit: 2 })).toBe('9 8')
    expect(await page({ reverse: true, since: at(1) })).toBe('')
    expect(await page({ reverse: true, since: at(0) })).toBe('')
  })

  it('a room nobody published in has offset 0 and an epoch, which its first publication keeps', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const [empty, same] = await Promise.all([position(a, 'room'), position(b, 'room')])
    expect(empty).toEqual(same)
    expect(empty.offset).toBe(0)
    expect(await b.bus.publish('room', '1', kept)).toEqual({ offset: 1, epoch: empty.epoch })
    expect(await recover(a, 'room', empty)).toBe('1')
  })

  it('rooms have streams of their own', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'x', numbers(3), kept)
    await publishAll(a, 'y', numbers(1), kept)
    expect((await position(a, 'x')).offset).toBe(3)
    expect((await position(a, 'y')).offset).toBe(1)
  })

  it('a publication without history is not kept, takes no offset and leaves no hole', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', ['1'], kept)
    await publishAll(a, 'room', ['"passing"'], plain)
    await publishAll(a, 'room', ['2'], kept)
    const { publications } = await a.bus.history('room', {}, past)
    expect(publications).toEqual([
      { data: '1', offset: 1 },
      { data: '2', offset: 2 },
    ])
  })

  it('recovery is complete from every position within reach, and refused from every other', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', numbers(12), { history: { size: 5, ttlMs: 60_000 } })
    const top = await position(a, 'room')
    expect(top.offset).toBe(12)
    for (let offset = 0; offset <= 14; offset++) {
      // Exactly `size` behind (7) is the last that can be served.
      const expected = offset < 7 || offset > 12 ? 'refused' : numbers(12 - offset, offset + 1)
      expect(await recover(a, 'room', { ...top, offset })).toBe(
        String(expected).replaceAll(',', ' '),
      )
    }
  })

  it('a refusal says where the stream stands and holds no publication', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', numbers(5), { history: { size: 2, ttlMs: 60_000 } })
    const top = await position(a, 'room')
    const refused = { ...top, complete: false, publications: [] }
    const since = async (at: Position, reverse = false): Promise<unknown> =>
      a.bus.history('room', { since: at, reverse }, past)
    expect(await since({ ...top, offset: 1 })).toEqual(refused)
    expect(await since({ ...top, offset: 6 })).toEqual(refused)
    expect(await since({ ...top, epoch: 'other' })).toEqual(refused)
    expect(await since({ ...top, epoch: '' })).toEqual(refused)
    expect(await since({ offset: 0, epoch: 'other' })).toEqual(refused)
    expect(await since({ ...top, offset: 6 }, true)).toEqual(refused)
    expect(await since({ ...top, epoch: 'other' }, true)).toEqual(refused)
  })

  it('reading backwards ends where the past ends, without a refusal', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', numbers(6), { history: { size: 3, ttlMs: 60_000 } })
    const { epoch } = await position(a, 'room')
    for (const [offset, expected] of [
      [6, '5 4'],
      [5, '4'],
      [4, ''],
      [2, ''],
    ] as const) {
      const query = { since: { offset, epoch }, reverse: true }
      const { publications, complete } = await a.bus.history('room', query, past)
      expect([texts(publications), complete]).toEqual([expected, true])
    }
  })

  it('offset 0 without an epoch is the start of any stream that still has it', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const short = { history: { size: 2, ttlMs: 60_000 } }
    await publishAll(a, 'room', numbers(2), short)
    expect(await recover(a, 'room', { offset: 0, epoch: '' })).toBe('1 2')
    await publishAll(a, 'room', ['3'], short)
    expect(await recover(a, 'room', { offset: 0, epoch: '' })).toBe('refused')
  })

  it('a smaller size trims at the next publication; size 0 counts and keeps nothing', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await publishAll(a, 'room', numbers(9), kept)
    await publishAll(a, 'room', ['10'], { history: { size: 3, ttlMs: 60_000 } })
    expect(texts((await a.bus.history('room', {}, past)).publications)).toBe('8 9 10')
    await publishAll(a, 'room', ['11'], { history: { size: 0, ttlMs: 60_000 } })
    expect(await a.bus.history('room', {}, past)).toMatchObject({ offset: 11, publications: [] })
  })

  it('removing the history refuses old positions, and keeps epoch, offset and who missed nothing', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await publishAll(a, 'room', numbers(3), kept)
    const top = await position(a, 'room')
    await b.bus.removeHistory('room')
    expect(await a.bus.history('room', {}, past)).toEqual({
      ...top,
      complete: true,
      publications: [],
    })
    expect(await recover(a, 'room', { ...top, offset: 2 })).toBe('refused')
    expect(await recover(a, 'room', top)).toBe('')
    expect(await a.bus.publish('room', '4', kept)).toEqual({ ...top, offset: 4 })
    expect(await recover(b, 'room', top)).toBe('4')
    expect(await recover(b, 'room', { ...top, offset: 2 })).toBe('refused')
    await a.bus.removeHistory('never published in')
  })

  it('publications go some time after the latest, epoch and offset stay', async () => {
    const { cluster, join } = await startNodes(makeCluster)
    const a = await join('a')
    const short = { size: 10, ttlMs: 50 }
    await publishAll(a, 'room', numbers(3), { history: short })
    const top = await position(a, 'room')
    await cluster.elapse(100)
    expect(await recover(a, 'room', { ...top, offset: 2 })).toBe('refused')
    expect(await recover(a, 'room', top)).toBe('')
    expect(await a.bus.publish('room', '4', { history: past })).toEqual({ ...top, offset: 4 })
    await cluster.elapse(100)
    expect(await recover(a, 'room', top)).toBe('4')
  })

  it('whoever subscribes and then reads misses nothing, wherever the two meet', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const start = await position(a, 'room')
    const publishing = publishAll(a, 'room', numbers(60), kept)
    await b.bus.subscribe('room')
    const { publications } = await b.bus.history('room', { since: start }, past)
    await publishing
    await fence(a, b)
    const seen = new Map<number | undefined, string>()
    for (const { offset, data } of [...publications, ...b.publications('room')]) {
      seen.set(offset, data)
    }
    expect([...seen]).toEqual(numbers(60).map((data) => [Number(data), data]))
  })
}

async function position(node: Node, room: string): Promise<Position> {
  const { offset, epoch } = await node.bus.history(room, { limit: 0 }, past)
  return { offset, epoch }
}

async function recover(node: Node, room: string, since: Position): Promise<string> {
  const { publications, complete } = await node.bus.history(room, { since }, past)
  if (complete) return texts(publications)
  expect(publications).toEqual([])
  return 'refused'
}

function texts(publications: Publication[]): string {
  return publications.map(({ data }) => data).join(' ')
}
