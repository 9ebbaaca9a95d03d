import { defineBehavior, type Dump, type Self } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { Trace } from '../../src/inspect/trace.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { startTestCluster } from '../support/cluster.ts'
import { listenTo, startTestNode } from './harness.ts'

type Deed = { type: string; secret?: string; run?: (self: Self<Deed>) => unknown }

const clerk = defineBehavior<Deed, null>({
  name: 'clerk',
  start: () => null,
  receive: (_state, { run }, self) => run?.(self) as undefined,
})

interface Asked {
  readonly node: RunningNode
  readonly get: (path: string) => Promise<Response>
  readonly post: (path: string) => Promise<Response>
}

async function serve(config: NodeConfig = { adminActions: true }): Promise<Asked> {
  return askable(await startTestNode(config))
}

function askable(node: RunningNode): Asked {
  const ask = (path: string, method: string): Promise<Response> =>
    fetch(`${node.urls.admin}/debug/actors/${path}`, { method })
  return { node, get: (path) => ask(path, 'GET'), post: (path) => ask(path, 'POST') }
}

/** A turn later: every actor has started. */
function settled({ system }: RunningNode): Promise<void> {
  return new Promise((resolve) => system.atTurnEnd({ run: resolve }))
}

async function spawnClerk(
  node: RunningNode,
): Promise<ReturnType<typeof node.system.spawn<Deed, void>>> {
  const ref = node.system.spawn(clerk)
  await settled(node)
  return ref
}

const read = async (response: Response): Promise<Trace> => (await response.json()) as Trace
const message = async (response: Response): Promise<[number, string]> => {
  const { error } = (await response.json()) as { error: { message: string } }
  return [response.status, error.message]
}

describe('POST /debug/actors/<id>/trace', () => {
  test('follows an actor from now on, and tells who wanted it', async () => {
    const { node, get, post } = await serve()
    const told = listenTo(node, 'actor.traced')
    const ref = await spawnClerk(node)
    const begun = await read(await post(`${ref.id}/trace?seconds=30&reason=slow`))
    expect(begun).toMatchObject({ node: 'test', actor: ref.id, behavior: 'clerk', entries: [] })
    expect(begun.leftMs).toBeGreaterThan(29_000)
    ref.tell({ type: 'pay', secret: '4111 1111' })
    await settled(node)
    const text = await (await get(`${ref.id}/trace`)).text()
    expect(JSON.parse(text)).toMatchObject({
      dropped: 0,
      entries: [{ what: 'receive', type: 'pay', from: 'outside', lane: 'user', outcome: 'ok' }],
    })
    expect(text).not.toContain('4111 1111')
    expect(told).toEqual([
      { name: 'actor.traced', actor: ref.id, behavior: 'clerk', seconds: 30, reason: 'slow' },
    ])
  })

  test('lasts a minute unless it is told otherwise, and never more than ten', async () => {
    const { node, post } = await serve()
    const { id } = await spawnClerk(node)
    const { leftMs } = await read(await post(`${id}/trace`))
    expect(leftMs).toBeGreaterThan(59_000)
    expect(leftMs).toBeLessThanOrEqual(60_000)
    for (const seconds of ['601', '-1', '1.5', 'x', '']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await message(await post(`${id}/trace?seconds=${seconds}`))).toEqual([
        400,
        `seconds: expected a whole number from 0 to 600, got "${seconds}"`,
      ])
    }
  })

  test('with 0 seconds ends it, and what was seen stays', async () => {
    const { node, get, post } = await serve()
    const ref = await spawnClerk(node)
    expect(await message(await post(`${ref.id}/trace?seconds=0`))).toEqual([
      404,
      `no trace of ${ref.id}`,
    ])
    await post(`${ref.id}/trace`)
    ref.tell({ type: 'seen' })
    await settled(node)
    expect(await read(await post(`${ref.id}/trace?seconds=0`))).toMatchObject({ over: 'hand' })
    ref.tell({ type: 'unseen' })
    await settled(node)
    expect(await read(await get(`${ref.id}/trace`))).toMatchObject({
      over: 'hand',
      leftMs: 0,
      entries: [{ type: 'seen' }],
    })
    expect(node.system.closeUps.running).toEqual([])
  })

  test('of an actor that dies meanwhile can be read, from the actor, too', async () => {
    const { node, get, post } = await serve()
    const ref = await spawnClerk(node)
    expect(await (await get(ref.id)).json()).not.toHaveProperty('trace')
    await post(`${ref.id}/trace`)
    expect(await (await get(ref.id)).json()).toMatchObject({
      actor: { id: ref.id },
      trace: { leftMs: expect.any(Number) as number },
    })
    ref.stop('for the test')
    await settled(node)
    expect(await (await get(ref.id)).json()).toMatchObject({
      tombstone: { id: ref.id },
      trace: { leftMs: 0, over: 'dead' },
    })
    const { entries } = await read(await get(`${ref.id}/trace`))
    expect(entries.at(-1)).toMatchObject({
      what: 'dead',
      text: expect.stringContaining('for the test') as string,
    })
  })

  test('tells what is newer than what was read', async () => {
    const { node, get, post } = await serve()
    const ref = await spawnClerk(node)
    await post(`${ref.id}/trace`)
    ref.tell({ type: 'old' })
    await settled(node)
    const { changes } = await read(await get(`${ref.id}/trace`))
    ref.tell({ type: 'new' })
    await settled(node)
    const { entries } = await read(await get(`${ref.id}/trace?since=${changes}`))
    expect(entries).toMatchObject([{ type: 'new' }])
    expect((await get(`${ref.id}/trace?since=x`)).status).toBe(400)
    expect((await get(`${ref.id}/trace?after=1`)).status).toBe(400)
  })

  test('follows some at a time, and says which they are', async () => {
    const { node, post } = await serve()
    const ids = Array.from({ length: 9 }, () => node.system.spawn(clerk).id)
    await settled(node)
    for (const id of ids.slice(0, 8)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await post(`${id}/trace`)).status).toBe(200)
    }
    expect(await message(await post(`${ids[8]}/trace`))).toEqual([
      409,
      `[capacity_exceeded] looked at already: ${ids.slice(0, 8).join(', ')}`,
    ])
  })

  test('finds nobody who is not there, and nothing where nobody has looked', async () => {
    const { node, get, post } = await serve()
    const { id } = await spawnClerk(node)
    expect(await message(await post('ffff/trace'))).toEqual([404, 'no live actor ffff'])
    expect(await message(await get(`${id}/trace`))).toEqual([404, `no trace of ${id}`])
    expect(await message(await get('ffff/trace'))).toEqual([404, 'no trace of ffff'])
  })
})

describe('POST /debug/actors/<id>/dump', () => {
  /** A clerk with a desk and a drawer below it, and one that waits on it; and others that have nothing to do with it. */
  async function office(node: RunningNode): Promise<{ id: string; around: string[] }> {
    const ref = await spawnClerk(node)
    const [other, waiter] = [node.system.spawn(clerk), node.system.spawn(clerk)]
    const desk = { ...clerk, name: 'desk' }
    const drawer = { ...clerk, name: 'drawer' }
    ref.tell({
      type: 'furnish',
      run: (self) =>
        void self.spawn(desk).tell({ type: 'furnish', run: (inner) => void inner.spawn(drawer) }),
    })
    const gate = Promise.withResolvers<void>()
    onTestFinished(() => gate.resolve())
    waiter.tell({ type: 'wait', run: (self) => self.wait('ask', ref, gate.promise) })
    other.tell({ type: 'wait', run: (self) => self.wait('ask', waiter, gate.promise) })
    await settled(node)
    return { id: ref.id, around: ['clerk', 'clerk', 'desk', 'drawer'] }
  }

  test('writes a dump of it, of all that it owns and of who waits on it, and says where it is', async () => {
    const { node, post } = await serve()
    const told = listenTo(node, 'actor.dumped')
    const { id, around } = await office(node)
    const response = await post(`${id}/dump?reason=looks%20odd`)
    const { id: dumpId, trigger } = (await response.json()) as { id: string; trigger: string }
    expect([response.status, trigger]).toEqual([200, 'request'])
    const dump = (await (await fetch(`${node.urls.admin}/debug/dumps/${dumpId}`)).json()) as Dump
    expect(dump.actors.map(({ behavior }) => behavior).toSorted()).toEqual(around)
    expect(dump).toMatchObject({
      matched: 4,
      reason: { trigger: 'request', detail: `clerk ${id}: looks odd` },
      notes: [`only clerk ${id}, all that it owns, and who waits on it`],
    })
    expect(told).toEqual([
      { name: 'actor.dumped', actor: id, behavior: 'clerk', reason: 'looks odd' },
    ])
  })

  test('notes what was seen of it, if it is traced', async () => {
    const { node, post } = await serve()
    const ref = await spawnClerk(node)
    await post(`${ref.id}/trace`)
    for (const type of ['pay', 'pay', 'file']) ref.tell({ type })
    ref.tell({ type: 'stuck', run: () => new Promise(() => {}) })
    await settled(node)
    const { id } = (await (await post(`${ref.id}/dump`)).json()) as { id: string }
    const json = await (await fetch(`${node.urls.admin}/debug/dumps/${id}`)).json()
    const { notes = [] } = json as Dump
    expect(notes[1]).toMatch(/^traced from \S+Z for .*: 4 entries$/)
    expect(
      notes
        .slice(2)
        .map((note) => note.replaceAll(/\d+\.\d+ ms/g, '0 ms'))
        .toSorted(),
    ).toEqual([
      'trace: 1 × file ran 0 ms, p99 0 ms, at most 0 ms',
      'trace: 1 × stuck, 1 not over',
      'trace: 2 × pay ran 0 ms, p99 0 ms, at most 0 ms',
    ])
  })

  test('that could not be written is told as one by nobody', async () => {
    const { node, post } = await serve()
    const told = listenTo(node, 'actor.dumped')
    const { id } = await spawnClerk(node)
    const answers = await Promise.all([post(`${id}/dump`), post(`${id}/dump`)])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    expect(told).toHaveLength(1)
    expect(node.services.dumper.archive.list()).toHaveLength(1)
  })

  test('of nobody there is none', async () => {
    const { post, node } = await serve()
    expect(await message(await post('ffff/dump'))).toEqual([404, 'no live actor ffff'])
    expect(node.services.dumper.archive.list()).toEqual([])
  })
})

test.each(['trace', 'dump'])('%s is not for who may only look', async (action) => {
  const { node, post } = await serve({})
  const { id } = await spawnClerk(node)
  expect(await message(await post(`${id}/${action}`))).toEqual([
    403,
    'this node may only be looked through: see adminActions',
  ])
  expect(node.system.closeUps.running).toEqual([])
  expect(node.services.dumper.archive.list()).toEqual([])
})

describe('of another node', () => {
  const pair = async (
    allowed: (at: number) => boolean,
  ): Promise<{ here: Asked; there: RunningNode }> => {
    const { nodes } = await startTestCluster(2, (at) => ({ adminActions: allowed(at) }))
    return { here: askable(nodes[0]!), there: nodes[1]! }
  }

  test('an actor is traced and dumped through any node', async () => {
    const { here, there } = await pair(() => true)
    const ref = await spawnClerk(there)
    expect(await read(await here.post(`${ref.id}/trace?node=node-1&seconds=5`))).toMatchObject({
      node: 'node-1',
      actor: ref.id,
    })
    ref.tell({ type: 'pay' })
    await settled(there)
    expect(await read(await here.get(`${ref.id}/trace?node=node-1&since=0`))).toMatchObject({
      entries: [{ type: 'pay' }],
    })
    const dumped = await here.post(`${ref.id}/dump?node=node-1`)
    expect(await dumped.json()).toMatchObject({
      node: 'node-1',
      folder: there.services.dumper.archive.folder,
    })
    expect(there.services.dumper.archive.list()).toHaveLength(1)
  })

  test.each([
    ['here', 0],
    ['there', 1],
  ])('nothing is done when it is allowed only %s', async (_where, allowed) => {
    const { here, there } = await pair((at) => at === allowed)
    const { id } = await spawnClerk(there)
    for (const action of ['trace', 'dump']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const [status, why] = await message(await here.post(`${id}/${action}?node=node-1`))
      expect([status, why.includes('adminActions')]).toEqual([403, true])
    }
    expect(there.system.closeUps.running).toEqual([])
    expect(there.services.dumper.archive.list()).toEqual([])
  })
})
