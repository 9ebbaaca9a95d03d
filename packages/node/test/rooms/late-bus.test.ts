import { SluiceError } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, Peer } from '../support/peer.ts'
import { GatedBus } from '../support/gated-bus.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

const history = { size: 100, ttl: '300s' } as const
const notNow = { code: 108, message: 'not available', temporary: true }
const down = new SluiceError('not_available', 'no link')

async function start(options: object = { history, presence: true }) {
  const gate = new GatedBus()
  const node = await startTestNode({ config: { rooms: { default: options } }, bus: gate.wrap })
  return { gate, node }
}

const publish = (node: TestNode, data: unknown) => node.services.directory.publish('lobby', data)

async function isEmpty(node: TestNode): Promise<boolean> {
  const { bus } = node.services
  const [present, rooms] = [await bus.presence('lobby'), await bus.rooms()]
  return present.length === 0 && rooms.value.size === 0
}

describe('while a room is not subscribed to the bus yet', () => {
  test('joins wait, and are answered in their order', async () => {
    const { gate, node } = await start()
    const peers = [await node.connect(), await node.connect()]
    gate.hold('subscribe')
    for (const peer of peers) peer.send({ subscribe: { channel: 'lobby' } })
    await node.settle()
    await publish(node, 'early')
    await node.settle()
    for (const peer of peers) expect(peer.messages).toHaveLength(1)
    gate.release('subscribe')
    await node.until(() => peers.every((peer) => peer.messages.length === 2), 'answered')
    await publish(node, 'live')
    await node.until(() => peers.every((peer) => peer.data().length > 0), 'here')
    for (const peer of peers)
      expect(peer.pushes('pub')).toMatchObject([{ data: 'live', offset: 2 }])
  })

  test('a failure is error 108, and the next one finds a room that works', async () => {
    const { gate, node } = await start()
    const peers = [await node.connect(), await node.connect()]
    gate.fail('subscribe', down)
    for (const peer of peers) {
      // oxlint-disable-next-line no-await-in-loop -- each opens the room anew
      expect((await peer.call({ subscribe: { channel: 'lobby' } }))['error']).toEqual(notNow)
    }
    await node.settle()
    expect([node.count('room'), node.services.directory.size]).toEqual([0, 0])
    expect(await isEmpty(node)).toBe(true)
    expect(node.services.counters.busFailures).toBe(2)
    gate.fail('subscribe')
    for (const peer of peers) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await peer.code({ subscribe: { channel: 'lobby' } })).toBe(0)
    }
  })

  test('a room that is ended by an operator answers those who wait', async () => {
    const { gate, node } = await start()
    const peer = await node.connect()
    gate.hold('subscribe')
    const [id] = peer.send({ subscribe: { channel: 'lobby' } })
    await node.settle()
    node.services.directory.get('lobby')!.ref.stop('an operator')
    expect((await peer.reply(id!))['error']).toEqual(notNow)
    expect(node.services.directory.size).toBe(0)
    gate.release('subscribe')
    await node.settle()
    expect(await peer.code({ subscribe: { channel: 'lobby' } })).toBe(0)
  })
})

describe('while the past is read', () => {
  test('what comes live is part of the answer to who recovers, and before the position of who does not', async () => {
    const { gate, node } = await start()
    const [stays, back, fresh] = [await node.connect(), await node.connect(), await node.connect()]
    await stays.call({ subscribe: { channel: 'lobby' } })
    for (const data of [1, 2, 3]) await publish(node, data)
    const { epoch } = await node.services.bus.history('lobby', { limit: 0 }, { size: 9, ttlMs: 9 })
    gate.hold('history')
    const [recover] = back.send({
      subscribe: { channel: 'lobby', recover: true, offset: 1, epoch },
    })
    const [plain] = fresh.send({ subscribe: { channel: 'lobby' } })
    await node.settle()
    for (const data of [4, 5]) await publish(node, data)
    await node.settle()
    gate.release('history')
    expect(await back.reply(recover!)).toMatchObject({
      subscribe: {
        recovered: true,
        was_recovering: true,
        offset: 5,
        publications: [2, 3, 4, 5].map((offset) => ({ data: offset, offset })),
      },
    })
    expect(await fresh.reply(plain!)).toMatchObject({ subscribe: { offset: 5, epoch } })
    await publish(node, 6)
    await node.until(() => fresh.data().length > 0, 'it is here')
    expect([stays.data(), back.data(), fresh.data()]).toEqual([[1, 2, 3, 4, 5, 6], [6], [6]])
  })

  test('a failure is error 108, and leaves no ghost and no room', async () => {
    const { gate, node } = await start()
    const peer = await node.connect()
    gate.fail('history', down)
    expect((await peer.call({ subscribe: { channel: 'lobby' } }))['error']).toEqual(notNow)
    expect(await isEmpty(node)).toBe(true)
    await node.advance(5_100)
    expect(node.count('room')).toBe(0)
    gate.fail('history')
    expect(await peer.code({ subscribe: { channel: 'lobby' } })).toBe(0)
  })

  test('a room that took longer than it lingers still closes when nobody came in', async () => {
    const { gate, node } = await start()
    const peer = await node.connect()
    gate.hold('history')
    const [id] = peer.send({ subscribe: { channel: 'lobby' } })
    await node.advance(6_000)
    expect(node.count('room')).toBe(1)
    gate.fail('history', down)
    gate.release('history')
    await peer.reply(id!)
    peer.ws.terminate()
    await node.advance(5_100)
    expect(node.count('room')).toBe(0)
  })

  test.each(['closes', 'is put out by the server'])(
    'a client that %s becomes no ghost',
    async (what) => {
      const { gate, node } = await start()
      const peer = await node.connect()
      gate.hold('history')
      const [id] = peer.send({ subscribe: { channel: 'lobby' } })
      await node.settle()
      if (what === 'closes') peer.ws.close()
      else {
        const control = { type: 'unsubscribe', user: '', client: peer.client } as const
        await node.services.bus.control({ ...control, room: 'lobby', code: 2000, reason: 'out' })
      }
      await node.settle()
      gate.release('history')
      await node.settle()
      expect(peer.replies(id!).map((reply) => Object.keys(reply))).toEqual(
        what === 'closes' ? [] : [['id', 'error']],
      )
      expect(node.services.directory.get('lobby')?.members).toEqual([])
      expect(await isEmpty(node)).toBe(true)
      await publish(node, 'unheard')
      await node.settle()
      expect(peer.data()).toEqual([])
    },
  )

  test('a stream that is lost meanwhile is read anew', async () => {
    const { gate, node } = await start()
    const peer = await node.connect()
    await publish(node, 1)
    gate.hold('history')
    const [id] = peer.send({ subscribe: { channel: 'lobby', recover: true } })
    await node.settle()
    // The answer that waits is of a stream that exists no more.
    const publication = { data: '"new"', offset: 1 }
    gate.instead('history', () => ({
      offset: 1,
      epoch: 'another',
      complete: true,
      publications: [publication],
    }))
    node.services.directory.deliver('lobby', { type: 'publication', publication, epoch: 'another' })
    gate.release('history')
    expect(await peer.reply(id!)).toMatchObject({
      subscribe: {
        recovered: true,
        epoch: 'another',
        offset: 1,
        publications: [{ data: 'new', offset: 1 }],
      },
    })
  })
})

/** What a careful client knows, and complains about. */
class Follower {
  readonly complaints: string[] = []
  readonly peer: Peer
  #seen = 0
  /** The position that each recovery was asked for. */
  readonly #asked = new Map<number, number>()
  offset = 0
  epoch = ''

  constructor(peer: Peer) {
    this.peer = peer
  }

  /** Comes back from where it stands. */
  recover(): void {
    const { offset, epoch } = this
    const [id] = this.peer.send({ subscribe: { channel: 'lobby', recover: true, offset, epoch } })
    this.#asked.set(id!, offset)
  }

  /** Reads what has come since. */
  read(): void {
    for (; this.#seen < this.peer.messages.length; this.#seen++) {
      const message = this.peer.messages[this.#seen]!
      const subscribed = message['subscribe'] as Json | undefined
      const pub = (message['push'] as Json | undefined)?.['pub'] as Json | undefined
      if (subscribed !== undefined) this.#subscribed(message['id'] as number, subscribed)
      if (pub !== undefined) this.#publication(pub)
    }
  }

  #subscribed(id: number, reply: Json): void {
    // Answers to earlier questions may have come meanwhile.
    this.offset = this.#asked.get(id) ?? this.offset
    const offset = (reply['offset'] as number | undefined) ?? 0
    if (reply['recovered'] === true) {
      for (const pub of (reply['publications'] as Json[] | undefined) ?? []) this.#publication(pub)
      if (this.offset !== offset) this.complaints.push(`recovered to ${this.offset}, not ${offset}`)
    } else if (reply['publications'] !== undefined) this.complaints.push('a part of the past')
    if (offset < this.offset) this.complaints.push(`back to ${offset}`)
    this.offset = offset
    this.epoch = reply['epoch'] as string
  }

  #publication(pub: Json): void {
    if (pub['offset'] !== this.offset + 1)
      this.complaints.push(`${String(pub['offset'])} after ${this.offset}`)
    if (pub['data'] !== pub['offset']) this.complaints.push('not what was published')
    this.offset = pub['offset'] as number
  }
}

test('no client ever sees a hole, a double or a wrong order, whatever is late and however often it comes back', async () => {
  const who = fc.nat({ max: 2 })
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('publish' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('enter' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('recover' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('hold question' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('hold answer' as const), who }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const), who }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      // A short history, so that some come too late.
      const { gate, node } = await start({ history: { size: 4, ttl: '300s' } })
      const followers = [
        new Follower(await node.connect()),
        new Follower(await node.connect()),
        new Follower(await node.connect()),
      ]
      let published = 0
      for (const { do: what, who: index } of steps) {
        const follower = followers[index]!
        const { peer } = follower
        follower.read()
        if (what === 'publish') await publish(node, ++published)
        else if (what === 'enter') peer.send({ subscribe: { channel: 'lobby' } })
        else if (what === 'recover') follower.recover()
        else if (what === 'leave') peer.send({ unsubscribe: { channel: 'lobby' } })
        else if (what === 'hold question') gate.hold('history', 'question')
        else if (what === 'hold answer') gate.hold('history', 'answer')
        else if (what === 'release') gate.release('history')
        else await node.turn()
        follower.read()
      }
      gate.release('history')
      await node.settle()
      for (const follower of followers) follower.read()
      expect(followers.flatMap(({ complaints }) => complaints)).toEqual([])
      await node.stop()
    }),
    { numRuns: 60 },
  )
})
