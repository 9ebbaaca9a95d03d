import { defineBehavior, type Hold, SluiceError, type System } from '@sluice/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { startTestCluster } from '../support/cluster.ts'
import { listenTo, startTestNode, TestClient } from './harness.ts'

const quiet = defineBehavior<never, null>({
  name: 'quiet',
  start: () => null,
  receive: () => undefined,
})
const stuck = defineBehavior<never, Hold>({
  name: 'stuck',
  start: (self) => self.hold('lock', 'permit'),
  receive: () => undefined,
})

/** A node with three quiet actors and two that wait, and a way to ask for its page. */
async function serve(
  config: NodeConfig = {},
): Promise<RunningNode & { ask: (query: string, init?: RequestInit) => Promise<Response> }> {
  const node = await startTestNode(config)
  for (let i = 0; i < 3; i++) node.system.spawn(quiet)
  for (let i = 0; i < 2; i++) node.system.spawn(stuck)
  await settled(node.system)
  return { ...node, ask: (query, init) => fetch(`${node.urls.admin}/debug/actors${query}`, init) }
}

/** A turn later: every actor has started. */
function settled(system: System): Promise<void> {
  return new Promise((resolve) => system.atTurnEnd({ run: resolve }))
}

interface Dump {
  total: number
  matched?: number
  actors?: { id: string; behavior: string; state: string }[]
  groups?: { behavior: string; state: string; wait: string; count: number }[]
  tombstones?: unknown[]
}

/** Its own five, and those of every node: root, rooms, services, edge, admin. */
const total = 10

describe('/debug/actors', () => {
  test('groups what looks alike, as text', async () => {
    const { ask } = await serve()
    const response = await ask('')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await response.text()
    expect(text).toMatch(
      new RegExp(`^actors: total ${total} \\(idle \\d+, running 0, waiting 2\\)`),
    )
    expect(text).toMatch(/^3 × quiet \[idle\]/m)
    expect(text).toMatch(/^2 × stuck \[waiting: lock permit\]/m)
    expect((await (await ask('?debug=1&format=text')).text()).split('\n')[0]).toBe(
      text.split('\n')[0],
    )
  })

  test('lists every actor, as text', async () => {
    const { ask } = await serve()
    const text = await (await ask('?debug=2')).text()
    expect(text.match(/^quiet \w+ \[idle, /gm)).toHaveLength(3)
    expect(text.match(/^stuck \w+ \[waiting: lock permit, /gm)).toHaveLength(2)
  })

  test('says the same as JSON', async () => {
    const { ask } = await serve()
    const groups = (await (await ask('?format=json')).json()) as Dump
    expect(groups.groups?.slice(0, 2).map(({ behavior, count }) => [behavior, count])).toEqual([
      ['quiet', 3],
      ['stuck', 2],
    ])
    expect(groups.actors).toEqual([])
    const all = (await (await ask('?debug=2&format=json')).json()) as Dump
    expect(all.total).toBe(total)
    expect(all.actors).toHaveLength(total)
    expect(all.tombstones).toEqual([])
  })

  test.each([
    ['behavior=stuck', ['stuck', 'stuck']],
    ['state=waiting', ['stuck', 'stuck']],
    ['blocked=true', ['stuck', 'stuck']],
    ['wait=lock', ['stuck', 'stuck']],
    ['wait=ask', []],
    ['behavior=nobody', []],
    ['room=nowhere', []],
    ['parent=1', []],
    ['parent=0&wait=lock', ['stuck', 'stuck']],
    ['older=1h', []],
    ['older=0&behavior=stuck', ['stuck', 'stuck']],
    ['state=idle&behavior=quiet&limit=2', ['quiet', 'quiet']],
    ['limit=1', ['root']],
    ['search=STU', ['stuck', 'stuck']],
    ['search=stu&skip=1', ['stuck']],
    ['search=stu&state=idle', []],
    ['skip=1000', []],
    ['id=0', ['root']],
    ['id=x', []],
    ['before=3', ['root', 'rooms', 'services']],
    ['before=3&parent=0', ['rooms', 'services']],
    ['before=x', []],
  ])('picks by %s', async (query, names) => {
    const { ask } = await serve()
    const dump = await (await ask(`?debug=2&format=json&${query}`)).json()
    expect((dump as Dump).actors?.map(({ behavior }) => behavior)).toEqual(names)
    expect((dump as Dump).total).toBe(total)
  })

  test('finds who is in a room', async () => {
    const node = await serve({ insecure: true })
    const [lobby, bar] = [await TestClient.connect(node), await TestClient.connect(node)]
    await lobby.command('subscribe', { channel: 'lobby' })
    await bar.command('subscribe', { channel: 'bar' })
    const dump = (await (await node.ask('?debug=2&format=json&room=lobby')).json()) as Dump
    expect(dump.actors?.map(({ behavior }) => behavior).toSorted()).toEqual(['connection', 'room'])
  })

  test('says how many fit, whatever is asked and shown', async () => {
    const { ask } = await serve()
    const matchedBy = async (query: string): Promise<unknown> =>
      ((await (await ask(`?debug=2&format=json&limit=1&${query}`)).json()) as Dump).matched
    expect(await matchedBy('search=quiet')).toBe(3)
    expect(await matchedBy('blocked=true')).toBe(2)
    expect(await matchedBy('blocked=true&search=u&sort=age')).toBe(2)
    expect(await matchedBy('room=nowhere')).toBe(0)
    expect(await matchedBy('')).toBeUndefined()
  })

  test('tells whom a page belongs to, and who belongs to it', async () => {
    const { ask } = await serve()
    const dump = await (await ask('?debug=2&format=json&family=true&search=stuck&limit=1')).json()
    expect(dump).toMatchObject({
      actors: [{ behavior: 'stuck', children: 0 }],
      above: [{ behavior: 'root', children: total - 1 }],
    })
  })

  test.each(['handled', 'rate', 'mailbox'])('finds the greatest by %s', async (sort) => {
    const { ask, system } = await serve()
    const busy = system.spawn(
      defineBehavior<'wait' | 'go', null>({
        name: 'busy',
        start: () => null,
        receive: (_state, message, self) =>
          message === 'wait' ? self.wait('lock', 'gate', new Promise(() => {})) : undefined,
      }),
    )
    const ticks = setInterval(() => busy.tell('go'), 1)
    onTestFinished(() => clearInterval(ticks))
    if (sort === 'mailbox') busy.tell('wait')
    for (let i = 0; i < 9; i++) busy.tell('go')
    await settled(system)
    const dump = (await (await ask(`?debug=2&format=json&limit=1&sort=${sort}`)).json()) as Dump
    expect(dump.actors?.map(({ behavior }) => behavior)).toEqual(['busy'])
  })
})

describe('/debug/actors/<id>', () => {
  const pathOf = async (node: Awaited<ReturnType<typeof serve>>): Promise<string> => {
    const dump = (await (await node.ask('?debug=2&format=json&wait=lock')).json()) as Dump
    return `/${dump.actors![0]!.id}`
  }

  test('tells one actor in full', async () => {
    const node = await serve()
    const response = await node.ask(await pathOf(node))
    expect(await response.json()).toMatchObject({
      node: 'test',
      actor: { behavior: 'stuck', wait: { class: 'lock', target: 'permit' } },
      lineage: [{ behavior: 'stuck', line: expect.stringMatching(/^inspect\.test\.ts:\d+$/) }],
      contexts: [{ owner: expect.stringMatching(/^stuck /) }, { owner: 'root 0' }],
      children: {},
      trail: [{ from: 'idle' }, { to: 'waiting', wait: 'lock' }],
    })
    expect(await (await node.ask('/0')).json()).toMatchObject({
      children: { quiet: 3, stuck: 2, rooms: 1, edge: 1 },
    })
  })

  test('tells what a dead one left behind, and that there is none', async () => {
    const node = await serve()
    const path = await pathOf(node)
    node.system.find(path.slice(1))!.stop('for the test')
    await settled(node.system)
    // The loop is not held for all the others.
    const copies = vi.spyOn(node.system.table, 'copy')
    const response = await node.ask(path)
    expect(copies).not.toHaveBeenCalled()
    expect(await response.json()).toMatchObject({
      tombstone: {
        behavior: 'stuck',
        code: 'stopped',
        end: expect.stringContaining('for the test'),
      },
    })
    expect((await node.ask('/ffff')).status).toBe(404)
    expect((await node.ask('/0/children')).status).toBe(404)
  })

  test('ends an actor where that is allowed, and tells who did it', async () => {
    const node = await serve({ adminActions: true })
    const killed = listenTo(node, 'actor.killed')
    const path = await pathOf(node)
    const response = await node.ask(`${path}/end?reason=too%20slow`, { method: 'POST' })
    expect(await response.json()).toEqual({ node: 'test', id: path.slice(1), behavior: 'stuck' })
    await settled(node.system)
    expect(await (await node.ask(path)).json()).toMatchObject({
      tombstone: { end: expect.stringContaining('too slow') },
    })
    expect(killed).toEqual([
      { name: 'actor.killed', actor: path.slice(1), behavior: 'stuck', reason: 'too slow' },
    ])
    expect((await node.ask('/0/end', { method: 'POST' })).status).toBe(400)
    expect((await node.ask('/ffff/end', { method: 'POST' })).status).toBe(404)
    expect((await node.ask(`${path}/start`, { method: 'POST' })).status).toBe(404)
  })

  test('ends nothing where that is not allowed', async () => {
    const node = await serve()
    const path = await pathOf(node)
    const response = await node.ask(`${path}/end`, { method: 'POST' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('adminActions') },
    })
    expect(node.system.find(path.slice(1))?.alive).toBe(true)
  })
})

describe('of a cluster', () => {
  const get = async (node: RunningNode, path: string): Promise<Response> =>
    await fetch(`${node.urls.admin}${path}`)

  test('every node answers through any', async () => {
    const { nodes } = await startTestCluster(3, {})
    nodes[2]!.system.spawn(stuck)
    await settled(nodes[2]!.system)
    const reached = await (
      await get(nodes[0]!, '/debug/actors?debug=2&format=json&scope=cluster&wait=lock')
    ).json()
    expect(reached).toMatchObject({
      nodes: [
        { node: 'node-0', view: { actors: [] } },
        { node: 'node-1', view: { actors: [] } },
        { node: 'node-2', view: { actors: [{ behavior: 'stuck' }] } },
      ],
      refused: [],
      silent: [],
    })
    const text = await (await get(nodes[0]!, '/debug/actors?scope=cluster')).text()
    expect(text.match(/^── node node-\d ──\nactors: total /gm)).toHaveLength(3)
    const one = await (await get(nodes[0]!, '/debug/actors?node=node-2')).text()
    expect(one).toMatch(/^1 × stuck /m)
    expect(one).not.toContain('node-1')
    const nowhere = await get(nodes[0]!, '/debug/actors?node=nobody')
    expect(nowhere.status).toBe(404)
    expect(await nowhere.json()).toMatchObject({
      error: { message: 'no node nobody; there are node-0, node-1, node-2' },
    })
  })

  test('one actor of another node is told and ended, if that node allows it', async () => {
    const { nodes } = await startTestCluster(2, { adminActions: true })
    const [here, there] = nodes as [RunningNode, RunningNode]
    const { id } = there.system.spawn(stuck)
    await settled(there.system)
    const path = `/debug/actors/${id}`
    expect(await (await get(here, `${path}?node=node-1`)).json()).toMatchObject({
      node: 'node-1',
      actor: { id, behavior: 'stuck' },
    })
    const ended = await fetch(`${here.urls.admin}${path}/end?node=node-1`, { method: 'POST' })
    expect(await ended.json()).toEqual({ node: 'node-1', id, behavior: 'stuck' })
    const missing = await get(here, '/debug/actors/ffff?node=node-1')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({
      error: { message: 'node-1: no actor ffff, alive or among the last dead' },
    })
  })

  test('who may only look here changes nothing there, where that would be allowed', async () => {
    const { nodes } = await startTestCluster(2, (at) => ({ adminActions: at === 1 }))
    const [here, there] = nodes as [RunningNode, RunningNode]
    const { id } = there.system.spawn(stuck)
    await settled(there.system)
    for (const path of [`actors/${id}/end?node=node-1`, 'nodes/stacks?share=1&node=node-1']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await fetch(`${here.urls.admin}/debug/${path}`, { method: 'POST' })
      expect([path, response.status]).toEqual([path, 403])
    }
    expect(there.system.find(id)?.alive).toBe(true)
    expect(there.system.sites.sample).toBe(0)
  })

  test('a long answer is carried whole', async () => {
    const { nodes } = await startTestCluster(2, {})
    const [here, there] = nodes as [RunningNode, RunningNode]
    for (let i = 0; i < 2_000; i++) there.system.spawn(quiet)
    await settled(there.system)
    const path = '/debug/actors?debug=2&format=json&node=node-1&behavior=quiet&limit=1500'
    const reached = (await (await get(here, path)).json()) as { nodes: { view: Dump }[] }
    expect(reached.nodes[0]?.view.actors).toHaveLength(1_500)
    const more = await get(here, '/debug/actors?debug=2&format=json&node=node-1&limit=10001')
    expect(await more.json()).toMatchObject({
      nodes: [],
      refused: [{ node: 'node-1', status: 400, message: expect.stringMatching(/^limit: .*10000/) }],
    })
  })

  test('stacks of a share of spawns are kept from now on, where that is allowed', async () => {
    const { nodes } = await startTestCluster(2, { adminActions: true })
    const [here, there] = nodes as [RunningNode, RunningNode]
    const set = (query: string): Promise<Response> =>
      fetch(`${here.urls.admin}/debug/nodes/stacks?${query}`, { method: 'POST' })
    const told = listenTo(there, 'stacks.sampled')
    expect(await (await set('share=1')).json()).toMatchObject({
      nodes: [{ view: { node: 'node-0', share: 1 } }, { view: { node: 'node-1', share: 1 } }],
    })
    const { id } = there.system.spawn(stuck)
    await settled(there.system)
    expect(await (await get(here, `/debug/actors/${id}?node=node-1`)).json()).toMatchObject({
      actor: {
        stack: expect.arrayContaining([
          expect.objectContaining({ at: expect.stringContaining('inspect.test.ts') }),
        ]),
      },
    })
    expect(await (await set('share=2')).json()).toMatchObject({
      refused: [{ message: 'share: expected a number from 0 to 1, got "2"' }, { node: 'node-1' }],
    })
    expect(told).toEqual([{ name: 'stacks.sampled', share: 1 }])
    // What a page of another site can have a browser fetch changes nothing.
    expect((await get(here, '/debug/nodes/stacks?share=0')).status).toBe(400)
    expect(await (await get(here, '/debug/nodes/stacks')).json()).toMatchObject({
      nodes: [{ view: { share: 1 } }, { view: { share: 1 } }],
    })
    const { nodes: closed } = await startTestCluster(1, {})
    const refused = await fetch(`${closed[0]!.urls.admin}/debug/nodes/stacks?share=1`, {
      method: 'POST',
    })
    expect(refused.status).toBe(403)
  })

  test('one whose answer cannot be read is named, and spoils no other', async () => {
    const { nodes, hosts } = await startTestCluster(2, {})
    hosts[1]!.answer = () => Promise.resolve('{"type":"deflated","data":"bm90IGRlZmxhdGVk"}')
    const response = await get(nodes[0]!, '/debug/nodes')
    expect(await response.json()).toMatchObject({
      nodes: [{ node: 'node-0' }],
      refused: [],
      silent: ['node-1'],
    })
  })

  test('while the bus is down, says so, and still tells of this node', async () => {
    const node = await serve()
    const crashed = listenTo(node, 'command.crashed')
    node.services.bus.nodes = () => Promise.reject(new SluiceError('not_available', 'no link'))
    const ask = (path: string): Promise<Response> => get(node, path)
    for (const path of ['/debug/actors?scope=cluster', '/debug/nodes/dumps']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await ask(path)
      expect([path, response.status, await response.json()]).toMatchObject([
        path,
        503,
        { error: { message: expect.stringContaining('no link') } },
      ])
    }
    expect(await (await ask('/debug/actors?node=test')).text()).toMatch(/^2 × stuck /m)
    expect((await ask('/debug/nodes/dumps?node=test')).status).toBe(200)
    expect(crashed).toEqual([])
  })

  test('nodes are told, and those that do not answer are named', async () => {
    const { nodes, hosts } = await startTestCluster(3, {})
    hosts[1]!.answer = () => new Promise(() => {})
    const [all, one] = await Promise.all([
      get(nodes[0]!, '/debug/nodes'),
      get(nodes[0]!, '/debug/actors/0?node=node-1'),
    ])
    expect(await all.json()).toMatchObject({
      nodes: [
        { node: 'node-0', view: { link: 'up', draining: false, connections: 0, orphans: 0 } },
        { node: 'node-2', view: { name: 'node-2' } },
      ],
      silent: ['node-1'],
    })
    expect(one.status).toBe(504)
  })
})
