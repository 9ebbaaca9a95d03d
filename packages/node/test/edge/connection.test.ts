import { describe, expect, test } from 'vitest'
import { startTestNode } from '../support/services.ts'

const desk = new URL('../support/behaviors/desk.ts', import.meta.url).pathname
const rpc = {
  rpc: Object.fromEntries(
    ['echo', 'hold', 'release', 'refuse', 'throw'].map((name) => [`desk.${name}`, desk]),
  ),
}
const hold = { rpc: { method: 'desk.hold', data: null } }
const release = (many: number) => ({ rpc: { method: 'desk.release', data: many } })

describe('the first command', () => {
  test('must be connect', async () => {
    const node = await startTestNode()
    const peer = await node.open()
    peer.send({ subscribe: { channel: 'lobby' } })
    expect(await peer.end()).toEqual({ code: 3501, reason: 'bad request' })
    expect(node.ends()).toEqual(['stopped 3501 bad request: the first command must be connect'])
    expect(node.count('room')).toBe(0)
  })

  test('and what is behind it in the same frame waits for it', async () => {
    const node = await startTestNode()
    const peer = await node.open()
    const token = await node.token({ user: 'ann', ttlSeconds: 60 })
    const ids = peer.send(
      { connect: { token } },
      { subscribe: { channel: 'lobby' } },
      { publish: { channel: 'lobby', data: 1 } },
    )
    await peer.reply(ids[2]!)
    expect(peer.messages.flatMap(({ id }) => (id === undefined ? [] : [id]))).toEqual(ids)
    expect(peer.messages[1]).toEqual({ id: ids[1], subscribe: {} })
  })

  test('may not come twice', async () => {
    const node = await startTestNode()
    const peer = await node.connect()
    peer.send({ connect: {} })
    expect((await peer.end()).code).toBe(3501)
  })

  test('needs a token where nobody is let in without', async () => {
    const node = await startTestNode({ config: { insecure: false } })
    const peer = await node.open()
    peer.send({ connect: {} })
    expect(await peer.end()).toEqual({ code: 3500, reason: 'invalid token' })
  })

  test('is answered with who, where, and how often there are pings', async () => {
    const node = await startTestNode()
    const peer = await node.open()
    const { connect } = await peer.call({ connect: {} })
    const { client } = connect as { client: string }
    expect(connect).toEqual({
      client,
      version: 'test',
      ping: 25,
      pong: true,
      session: client,
      node: 'node-uid',
    })
    expect(node.services.registry.client(client)?.connected).toBe(true)
  })

  test('brings the rooms that the token grants, before any of their pushes', async () => {
    const node = await startTestNode({
      config: { rooms: { default: { history: { size: 9, ttl: '1m' }, joinLeave: true } } },
    })
    const peer = await node.open()
    const token = await node.token({ user: 'ann', ttlSeconds: 60, channels: ['a', 'b', 'no:c'] })
    peer.send({ connect: { token } })
    let published = 0
    await node.until(() => {
      // Until the answer is there, something is published in each turn.
      void node.services.directory.publish('a', ++published)
      return peer.messages.length > 0
    }, 'the answer is here')
    const { connect } = peer.messages[0] as { connect: { subs: Record<string, object> } }
    // The namespace of the third is not known here: it is left out.
    expect(Object.keys(connect.subs)).toEqual(['a', 'b'])
    const { offset = 0 } = connect.subs['a'] as { offset?: number }
    await node.settle()
    expect(peer.pushes('pub', 'a').map((pub) => pub['offset'])).toEqual(
      Array.from({ length: published - offset }, (_, i) => offset + 1 + i),
    )
  })
})

describe('commands', () => {
  test('are answered in order, and a slow one holds up no other', async () => {
    const node = await startTestNode({ config: rpc })
    const peer = await node.connect()
    const [slow] = peer.send(hold)
    const ids = peer.send(
      { subscribe: { channel: 'lobby' } },
      { publish: { channel: 'lobby', data: 1 } },
      { unsubscribe: { channel: 'lobby' } },
    )
    await peer.reply(ids[2]!)
    expect(peer.messages.slice(1).flatMap(({ id }) => (id === undefined ? [] : [id]))).toEqual(ids)
    expect(peer.replies(slow!)).toEqual([])
    await peer.call(release(1))
    expect(await peer.reply(slow!)).toEqual({ id: slow, rpc: { data: 'released' } })
  })

  test('beyond eight slow ones wait, reading pauses, and nothing is lost', async () => {
    const node = await startTestNode({ config: rpc })
    const [peer, helper] = [await node.connect(), await node.connect()]
    const connection = node.services.registry.client(peer.client)!
    const slow = peer.send(...Array.from({ length: 8 }, () => hold))
    await node.settle()
    const ids = Array.from({ length: 100 }, () => peer.send({ ping: {} })[0]!)
    await node.settle()
    expect(connection.inlet.paused).toBe(true)
    expect(peer.messages).toHaveLength(1)
    await helper.call(release(1))
    await node.until(() => peer.replies(ids.at(-1)!).length > 0, 'all is answered')
    expect(connection.inlet.paused).toBe(false)
    expect(peer.messages.map(({ id }) => id).slice(-100)).toEqual(ids)
    await helper.call(release(8))
    for (const id of slow) await peer.reply(id)
    expect(new Set(peer.messages.map(({ id }) => id)).size).toBe(peer.messages.length)
  })

  test('that wait are forgotten with their connection', async () => {
    const node = await startTestNode({ config: rpc })
    const [peer, helper] = [await node.connect(), await node.connect()]
    await helper.call({ subscribe: { channel: 'lobby' } })
    peer.send(...Array.from({ length: 8 }, () => hold), {
      publish: { channel: 'lobby', data: 'never' },
    })
    await node.settle()
    peer.socket.reset()
    await node.until(() => node.count('connection') === 1, 'it is gone')
    await helper.call(release(8))
    await node.settle()
    expect(helper.data()).toEqual([])
  })
})

describe('the end', () => {
  test('comes before what is answered after it', async () => {
    const node = await startTestNode({ config: rpc })
    const [peer, helper] = [await node.connect(), await node.connect()]
    const [id] = peer.send(hold)
    await node.settle()
    const bytes: Buffer[] = []
    peer.socket.on('data', (chunk: Buffer) => bytes.push(chunk))
    // It does not answer its close frame, and so can be written to for a while.
    peer.ws.close = () => {}
    const connection = node.services.registry.client(peer.client)!
    connection.close({ code: 4001, reason: 'enough' })
    await helper.call(release(1))
    await node.settle()
    expect(peer.replies(id!)).toEqual([])
    const sent = Buffer.concat(bytes)
    expect(sent[0]).toBe(0x88)
    expect(sent.length).toBe(2 + 2 + 'enough'.length)
  })
})
