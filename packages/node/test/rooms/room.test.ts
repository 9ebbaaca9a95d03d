import { describe, expect, test } from 'vitest'
import { startTestNode, type TestNode } from '../support/services.ts'

const kept = { history: { size: 100, ttl: '300s' } } as const
const room = (options: object) => ({ config: { rooms: { default: options } } })

/** Publishes as a backend would. */
const publish = (node: TestNode, data: unknown, channel = 'lobby') =>
  node.services.directory.publish(channel, data)

describe('a room', () => {
  test('opens with its first member and closes some seconds after its last one left', async () => {
    const node = await startTestNode()
    const { directory } = node.services
    const peer = await node.connect()
    expect(node.count('room')).toBe(0)
    await peer.call({ subscribe: { channel: 'lobby' } })
    expect(node.count('room')).toBe(1)
    await peer.call({ unsubscribe: { channel: 'lobby' } })
    await node.advance(4_900)
    expect(directory.size).toBe(1)
    await node.advance(200)
    expect([directory.size, node.count('room')]).toEqual([0, 0])
    expect(node.ends('room')).toEqual(['completed empty'])
    expect((await node.services.bus.rooms()).value).toEqual(new Map())
  })

  test('counts its time from the last one who was there', async () => {
    const node = await startTestNode()
    const peer = await node.connect()
    for (const at of [0, 1, 2]) {
      // oxlint-disable-next-line no-await-in-loop -- one visit after the other
      await peer.call({ subscribe: { channel: 'lobby' } })
      // oxlint-disable-next-line no-await-in-loop
      await peer.call({ unsubscribe: { channel: 'lobby' } })
      // oxlint-disable-next-line no-await-in-loop
      await node.advance(4_000)
      expect([at, node.count('room')]).toEqual([at, 1])
    }
    await node.advance(1_100)
    expect(node.count('room')).toBe(0)
  })

  test('has one timer, however often it falls empty', async () => {
    const node = await startTestNode()
    const peer = await node.connect()
    const before = node.system.wheel.size
    for (let visit = 0; visit < 50; visit++) {
      peer.send({ subscribe: { channel: 'lobby' } }, { unsubscribe: { channel: 'lobby' } })
      // oxlint-disable-next-line no-await-in-loop -- one visit after the other
      await node.settle(3)
    }
    await node.settle()
    expect(node.count('room')).toBe(1)
    expect(node.system.wheel.size).toBe(before + 1)
  })

  test('writes its answer before the first publication, though both fall into one turn', async () => {
    const node = await startTestNode(room(kept))
    const peer = await node.connect()
    const [subscribe] = peer.send(
      { subscribe: { channel: 'lobby' } },
      { publish: { channel: 'lobby', data: 'mine' } },
    )
    await node.until(() => peer.data().length === 1, 'the publication is here')
    const kinds = peer.messages.slice(1).map((message) => Object.keys(message).at(-1))
    expect(kinds[0]).toBe('subscribe')
    expect(kinds.indexOf('push')).toBeGreaterThan(0)
    expect(peer.replies(subscribe!)).toHaveLength(1)
  })

  test('gives nothing from before to who enters between two messages of one turn', async () => {
    const node = await startTestNode()
    const [first, second] = [await node.connect(), await node.connect()]
    await first.call({ subscribe: { channel: 'lobby' } })
    // The commands wait in the mailbox for the turn in which this is published, and what follows it.
    const [id] = second.send({ subscribe: { channel: 'lobby' } })
    await new Promise((resolve) => setImmediate(resolve))
    await publish(node, 'before')
    await second.reply(id!)
    await publish(node, 'after')
    await node.until(() => second.data().length > 0, 'it is here')
    expect(first.data()).toEqual(['before', 'after'])
    expect(second.data()).toEqual(['after'])
  })

  test('tells of each presence, join and leave once', async () => {
    const node = await startTestNode(room({ presence: true, joinLeave: true }))
    const watcher = await node.connect()
    await watcher.call({ subscribe: { channel: 'lobby' } })
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    await node.until(() => watcher.pushes('join').length === 2, 'both have joined')
    const stats = { presence_stats: { channel: 'lobby' } }
    expect((await watcher.call(stats))['presence_stats']).toEqual({ num_clients: 2, num_users: 1 })
    await peer.call({ unsubscribe: { channel: 'lobby' } })
    expect((await watcher.call(stats))['presence_stats']).toEqual({ num_clients: 1, num_users: 1 })
    await node.settle()
    const who = (push: { info?: unknown }) => (push.info as { client: string }).client
    expect(watcher.pushes('join').map(who)).toEqual([watcher.client, peer.client])
    expect(watcher.pushes('leave').map(who)).toEqual([peer.client])
    expect((await node.services.bus.rooms()).value).toEqual(new Map([['lobby', 1]]))
  })

  test('comes with the same client again as if it had never left', async () => {
    const node = await startTestNode(room({ presence: true }))
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    const [, again] = peer.send(
      { unsubscribe: { channel: 'lobby' } },
      { subscribe: { channel: 'lobby' } },
    )
    expect(await peer.reply(again!)).toEqual({ id: again, subscribe: {} })
    await publish(node, 1)
    await node.until(() => peer.data().length > 0, 'it is here')
    expect(await node.services.bus.presence('lobby')).toHaveLength(1)
  })
})

describe('a room that ends though it has members', () => {
  const full = { ...kept, presence: true, joinLeave: true }

  async function endedRoom() {
    const node = await startTestNode(room(full))
    const peers = [await node.connect(), await node.connect()] as const
    for (const peer of peers) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      await peer.call({ subscribe: { channel: 'lobby' } })
    }
    await publish(node, 'last words')
    node.services.directory.get('lobby')!.ref.stop('an operator')
    await node.until(() => peers.every((peer) => peer.pushes('unsubscribe').length > 0), 'told')
    return { node, peers }
  }

  test('tells them to come again, after all that it had for them', async () => {
    const { node, peers } = await endedRoom()
    for (const peer of peers) {
      expect(peer.data()).toEqual(['last words'])
      expect(peer.pushes('unsubscribe', 'lobby')).toEqual([
        { code: 2500, reason: 'insufficient state' },
      ])
      expect(peer.messages.at(-1)).toHaveProperty('push.unsubscribe')
    }
    expect(await node.services.bus.presence('lobby')).toEqual([])
    expect((await node.services.bus.rooms()).value).toEqual(new Map())
    expect(node.services.directory.size).toBe(0)
  })

  test('is followed by a new one as soon as they do', async () => {
    const { node, peers } = await endedRoom()
    const [peer] = peers
    const position = { recover: true, offset: 1, epoch: '' }
    expect(await peer.code({ subscribe: { channel: 'lobby', ...position } })).toBe(0)
    await publish(node, 'again')
    await node.until(() => peer.data().length === 2, 'it is here')
    expect(await node.services.bus.presence('lobby')).toHaveLength(1)
  })

  test('forgets nobody who left just before', async () => {
    const node = await startTestNode(room(full))
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    const open = node.services.directory.get('lobby')!
    // The room's context has ended, and its actor takes no more messages; then the member leaves.
    open.ref.stop('an operator')
    open.leave(open.members[0]!)
    await node.settle()
    expect(await node.services.bus.presence('lobby')).toEqual([])
    expect((await node.services.bus.rooms()).value).toEqual(new Map())
  })

  test('leaves the bus to the room that opened under its name meanwhile', async () => {
    const node = await startTestNode()
    const { directory } = node.services
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    await peer.call({ unsubscribe: { channel: 'lobby' } })
    const old = directory.get('lobby')!
    // As when it has lingered long enough, and somebody comes before the reaper does.
    directory.forget(old)
    old.ref.stop('empty')
    expect(directory.obtain('lobby')).not.toBe(old)
    await peer.call({ subscribe: { channel: 'lobby' } })
    await node.settle()
    expect(old.ref.alive).toBe(false)
    await publish(node, 'heard')
    await node.until(() => peer.data().length > 0, 'it is here')
    expect((await node.services.bus.rooms()).value).toEqual(new Map([['lobby', 1]]))
  })

  test('keeps quiet when the whole node ends: its members are closed anyway', async () => {
    const node = await startTestNode(room(full))
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    void node.system.stop('over')
    expect((await peer.end()).code).toBe(3001)
    expect(peer.pushes('unsubscribe')).toEqual([])
  })
})

describe('a stream that began anew, or has a gap,', () => {
  test('puts every member out with 2500', async () => {
    const node = await startTestNode(room(kept))
    const peer = await node.connect()
    await peer.call({ subscribe: { channel: 'lobby' } })
    await publish(node, 'before')
    await node.until(() => peer.data().length > 0, 'it is here')
    const { directory } = node.services
    directory.deliver('lobby', { type: 'gap', position: { offset: 9, epoch: 'e' } })
    await node.until(() => peer.pushes('unsubscribe').length === 1, 'out')
    await peer.call({ subscribe: { channel: 'lobby' } })
    const publication = { data: '"of another stream"', offset: 1 }
    directory.deliver('lobby', { type: 'publication', publication, epoch: 'another' })
    await node.until(() => peer.pushes('unsubscribe').length === 2, 'out again')
    expect(peer.pushes('unsubscribe').map((push) => push['code'])).toEqual([2500, 2500])
    // What is of the new stream is for those who stand in it.
    expect(peer.data()).toEqual(['before'])
  })

  test('closes a connection whose subscription was the server’s with 3010', async () => {
    const node = await startTestNode(room(kept))
    const peer = await node.connect()
    await node.services.bus.control({
      type: 'subscribe',
      user: '',
      client: peer.client,
      room: 'lobby',
    })
    await node.until(() => peer.pushes('subscribe').length === 1, 'it is in')
    const position = { offset: 9, epoch: 'e' }
    node.services.directory.deliver('lobby', { type: 'gap', position })
    expect(await peer.end()).toEqual({ code: 3010, reason: 'insufficient state' })
  })
})

test('who comes and goes replaces no publication in a room that keeps the latest', async () => {
  const node = await startTestNode(room({ slow: 'latest', joinLeave: true }))
  const peer = await node.connect({}, { highWaterMark: 1_024 })
  await peer.call({ subscribe: { channel: 'lobby' } })
  await node.until(() => peer.pushes('join').length === 1, 'its own join')
  peer.ws.pause()
  for (let i = 0; i < 3; i++) await publish(node, 'x'.repeat(2_000))
  await node.settle()
  await publish(node, 'the state')
  const other = await node.connect()
  await other.call({ subscribe: { channel: 'lobby' } })
  await other.call({ unsubscribe: { channel: 'lobby' } })
  await node.settle()
  peer.ws.resume()
  await node.until(() => peer.pushes('leave').length === 1, 'the other has left')
  expect(peer.data().at(-1)).toBe('the state')
  expect(peer.pushes('join')).toHaveLength(1)
})
