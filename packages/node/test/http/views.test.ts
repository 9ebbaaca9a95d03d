import { describe, expect, test, vi } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import { startTestCluster } from '../support/cluster.ts'
import { callApi, listenTo, startTestNode, TestClient } from './harness.ts'

const get = async (node: RunningNode, path: string): Promise<unknown> => {
  const response = await fetch(`${node.urls.admin}/debug/view/${path}`)
  return await response.json()
}

/** A node with two in the lobby, one in the bar. */
async function busyNode(): Promise<{ node: RunningNode; clients: TestClient[] }> {
  const node = await startTestNode({
    insecure: true,
    rooms: { default: { history: { size: 10, ttl: '1m' } } },
  })
  const clients = await Promise.all(['lobby', 'lobby', 'bar'].map(() => TestClient.connect(node)))
  for (const [i, client] of clients.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await client.command('subscribe', { channel: i < 2 ? 'lobby' : 'bar', recover: true })
  }
  return { node, clients }
}

describe('/debug/view', () => {
  test('rooms tells who is in them and where their streams are', async () => {
    const { node } = await busyNode()
    await callApi(node, 'publish', { channel: 'lobby', data: 1 })
    const all = await get(node, 'rooms')
    expect(all).toMatchObject({
      node: 'test',
      total: 2,
      matched: 2,
      rows: [
        {
          name: 'lobby',
          members: 2,
          delivered: 1,
          slow: 0,
          queueBytes: 0,
          offset: 1,
          history: true,
        },
        { name: 'bar', members: 1, delivered: 0, offset: 0, history: true },
      ],
    })
    expect(await get(node, 'rooms?search=BA&limit=1')).toMatchObject({
      total: 2,
      matched: 1,
      rows: [{ name: 'bar' }],
    })
  })

  test('connections tells who they are and what waits for them', async () => {
    const { node, clients } = await busyNode()
    const { rows } = (await get(node, 'connections?sort=age')) as { rows: { client: string }[] }
    expect(rows.map(({ client }) => client).toSorted()).toEqual(
      clients.map(({ id }) => id).toSorted(),
    )
    expect(await get(node, `connections?search=${clients[1]!.id}`)).toMatchObject({
      total: 3,
      matched: 1,
      rows: [
        { client: clients[1]!.id, address: '127.0.0.1', rooms: 1, queueBytes: 0, blocked: false },
      ],
    })
  })

  test('connections are those of one user or one address, and of no other that is called alike', async () => {
    const node = await startTestNode({ insecure: true })
    for (const user of ['1', '1', '12', '']) await TestClient.connect(node, user)
    const counts = [
      'search=1',
      'of=user:1',
      'of=user:',
      'of=address:127.0.0.1',
      'of=address:127',
    ].map(async (query) => {
      const { matched, rows } = (await get(node, `connections?${query}`)) as {
        matched: number
        rows: object[]
      }
      expect(rows).toHaveLength(matched)
      return matched
    })
    expect(await Promise.all(counts)).toEqual([4, 2, 1, 4, 0])
  })

  test('flight has what happened, the newest last', async () => {
    const { node } = await busyNode()
    const { rows } = (await get(node, 'flight?ms=60000')) as {
      rows: { agoMs: number; behavior: string }[]
    }
    expect(rows.some(({ behavior }) => behavior === 'connection')).toBe(true)
    const ages = rows.map(({ agoMs }) => agoMs)
    expect(ages).toEqual(ages.toSorted((a, b) => b - a))
  })

  test('figures are those of /debug/vars', async () => {
    const { node } = await busyNode()
    expect(await get(node, 'figures')).toMatchObject({
      name: 'test',
      clients: 3,
      rooms: 2,
      orphans: 0,
    })
  })

  test('explain tells what is wrong, who waits on whom, and what there is most of', async () => {
    const { node } = await busyNode()
    const [told, same] = await Promise.all([get(node, 'explain'), get(node, 'explain')])
    expect(told).toMatchObject({
      total: 10,
      listed: 10,
      lints: { results: [] },
      blocked: { of: 10 },
      map: { groups: expect.any(Array) },
    })
    expect(same).toEqual(told)
  })

  test('explain has the parts that were asked for, and no others', async () => {
    const { node } = await busyNode()
    const told = await get(node, 'explain?parts=graph,lints')
    expect(told).toMatchObject({ total: 10, lints: { results: [] }, graph: { count: 0 } })
    expect(told).not.toHaveProperty('map')
    expect(told).not.toHaveProperty('blocked')
    expect(await get(node, 'explain?parts=lints,stars')).toMatchObject({
      error: {
        code: 400,
        message: 'parts: expected some of lints,blocked,graph,map, got "lints,stars"',
      },
    })
  })

  test('explain leaves no thread behind when its node stops', async () => {
    const { node } = await busyNode()
    await get(node, 'explain')
    expect(node.services.explainer.awake).toBe(true)
    await node.stop()
    expect(node.services.explainer.awake).toBe(false)
  })

  test('explain, asked of a node that ends meanwhile, is no fault of anybody', async () => {
    const { node } = await busyNode()
    const crashed = listenTo(node, 'command.crashed')
    const asked = get(node, 'explain').then(
      () => 'answered',
      () => 'cut off',
    )
    await vi.waitUntil(() => node.services.explainer.awake)
    await node.stop()
    expect(await asked).toBe('cut off')
    expect(crashed).toEqual([])
  })

  test('is of another node where one is named, and is none where there is none', async () => {
    const { nodes } = await startTestCluster(2, {})
    for (const view of ['figures', 'rooms', 'connections', 'flight']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const there = await get(nodes[0]!, `${view}?node=node-1`)
      expect(there).toMatchObject(view === 'figures' ? { name: 'node-1' } : { node: 'node-1' })
    }
    expect(await get(nodes[0]!, 'explain?node=node-1')).toMatchObject({ total: 5 })
    expect(await get(nodes[0]!, 'secrets')).toMatchObject({
      error: {
        code: 404,
        message:
          'no view secrets; there are figures, rooms, room, connections, crowds, flight, explain, tabs',
      },
    })
  })
})

describe('what the admin port is asked', () => {
  test.each([
    ['GET', 'view/rooms?limit=1001', 'limit: expected a whole number from 1 to 1000, got "1001"'],
    ['GET', 'view/rooms?sort=age', 'sort: expected one of members, delivered, got "age"'],
    ['GET', 'view/connections?sort=x', 'sort: expected one of queue, rooms, age, handled, got "x"'],
    [
      'GET',
      'view/connections?of=ann',
      'of: expected user or address, a colon and what it is, got "ann"',
    ],
    ['GET', 'view/flight?ms=-1', 'ms: expected a whole number from 1 to 3600000, got "-1"'],
    ['GET', 'view/figures?search=x', 'search: unknown key, there is none'],
    ['GET', 'view/explain?x=1', 'x: unknown key, known are parts'],
    ['GET', 'actors/0?state=idle', 'state: unknown key, known are id'],
    ['GET', 'actors/0?id=1', 'id: given more than once'],
    ['GET', 'view/rooms?node=test&node=x', 'node: given more than once'],
    ['GET', 'view/room?search=x', 'name: expected the name of a room, got nothing'],
    ['GET', 'view/room?name=', 'name: expected the name of a room, got ""'],
    ['POST', 'nodes/drain?node=test&node=x', 'node: given more than once'],
    ['POST', 'actors/7/end?why=x', 'why: unknown key, known are id, reason'],
    ['GET', 'nodes?node=x', 'node: unknown key, there is none'],
    ['POST', 'nodes/drain?why=x', 'why: unknown key, known are reason'],
    ['POST', 'nodes/stacks?share=most', 'share: expected a number from 0 to 1, got "most"'],
    ['POST', 'nodes/stacks', 'share: expected a number from 0 to 1'],
    ['GET', 'nodes/dumps?limit=1', 'limit: unknown key, known are id, node'],
    ['POST', 'nodes/dumps?limit=1', 'limit: unknown key, known are reason'],
    ['GET', 'dumps?limit=1', 'limit: unknown key, there is none'],
    ['POST', 'dumps?why=x', 'why: unknown key, known are reason'],
    ['GET', 'diff?form=text', 'form: unknown key, did you mean from?'],
  ])('is refused by name when it is wrong: %s %s', async (method, path, fault) => {
    const { urls } = await startTestNode({ adminActions: true })
    const response = await fetch(`${urls.admin}/debug/${path}`, { method })
    const said = (await response.json()) as { error?: object; refused?: object[] }
    // Where every node is asked, each refuses for itself.
    expect(said.refused?.[0] ?? { status: response.status, ...said.error }).toMatchObject({
      status: 400,
      message: fault,
    })
  })

  test.each([
    ['GET', 'view/rooms/lobby'],
    ['GET', 'actors/0/trace/all'],
    ['GET', 'actors/0/'],
    ['POST', 'actors/0/dump/now'],
  ])('is nothing below a page that has nothing below it: %s %s', async (method, path) => {
    const { urls } = await startTestNode({ adminActions: true })
    const response = await fetch(`${urls.admin}/debug/${path}`, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { message: 'not found' } })
  })
})
