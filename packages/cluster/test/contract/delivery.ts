// Who hears what, and in which order.

import { expect, it } from 'vitest'
import type { Control } from '../../src/index.ts'
import type { MakeCluster } from '../bus.contract.ts'
import { fence, kept, numbers, past, plain, publishAll, startNodes } from './nodes.ts'

export function deliveryPromises(makeCluster: MakeCluster): void {
  it('a publication reaches every subscribed node, the publishing one included, as it was', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.subscribe('room')
    await b.bus.subscribe('room')
    const data = JSON.stringify({ text: 'zwölf 💧 "quoted"\n', pad: 'x'.repeat(65_536) })
    const info = { client: 'c1', user: 'ada', connInfo: { name: 'Ada' } }
    await b.bus.publish('room', data, { info, tags: { kind: 'greeting' } })
    for (const node of [a, b]) {
      const publication = { data, info, tags: { kind: 'greeting' } }
      expect(await node.deliveries('room', 1)).toEqual([{ type: 'publication', publication }])
    }
  })

  it('a room without history has neither position nor offset nor epoch', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    await a.bus.subscribe('room')
    expect(await a.bus.publish('room', '1', plain)).toBeUndefined()
    expect(await a.deliveries('room', 1)).toEqual([
      { type: 'publication', publication: { data: '1' } },
    ])
  })

  it('offsets start at 1 without holes, under one epoch, alike in results and deliveries', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await b.bus.subscribe('room')
    const positions = []
    for (const data of numbers(20)) positions.push(await a.bus.publish('room', data, kept))
    const epoch = positions[0]?.epoch
    expect(epoch).toEqual(expect.stringMatching(/./))
    expect(positions).toEqual(numbers(20).map((data) => ({ offset: Number(data), epoch })))
    expect(await b.deliveries('room', 20)).toEqual(
      numbers(20).map((data) => ({
        type: 'publication',
        publication: { data, offset: Number(data) },
        epoch,
      })),
    )
  })

  it('nodes that publish at the same time are heard in one order, that of the stream', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const nodes = [a, await join('b'), await join('c')]
    for (const node of nodes) await node.bus.subscribe('room')
    const calls = nodes.flatMap((node, n) =>
      numbers(30).map(async (i) => node.bus.publish('room', `"${n}-${i}"`, kept)),
    )
    await Promise.all(calls)
    const { publications } = await a.bus.history('room', {}, past)
    expect(publications.map(({ offset }) => offset)).toEqual(numbers(90).map(Number))
    for (const node of nodes) {
      await node.deliveries('room', 90)
      expect(node.publications('room')).toEqual(publications)
    }
  })

  it('one node is heard in the order of its calls, kept or not, also where it does not wait', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await b.bus.subscribe('room')
    await Promise.all(
      numbers(100).map(async (i) => a.bus.publish('room', i, Number(i) % 3 === 0 ? kept : plain)),
    )
    await b.deliveries('room', 100)
    expect(b.data('room')).toEqual(numbers(100))
  })

  it('joins and leaves come in order with publications', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.subscribe('room')
    await b.bus.subscribe('room')
    const info = { client: 'c1', user: 'ada' }
    await a.bus.announce('room', 'join', info)
    await a.bus.publish('room', '1', kept)
    await a.bus.announce('room', 'leave', info)
    await a.bus.publish('room', '2', plain)
    for (const node of [a, b]) {
      const heard = await node.deliveries('room', 4)
      expect(heard.map(({ type }) => type)).toEqual(['join', 'publication', 'leave', 'publication'])
      expect(heard[0]).toEqual({ type: 'join', info })
      expect(heard[2]).toEqual({ type: 'leave', info })
    }
  })

  it('whatever is published after a subscribe resolved is delivered', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const rooms = numbers(100).map((i) => `room:${i}`)
    await Promise.all(
      rooms.map(async (room) => {
        await b.bus.subscribe(room)
        await a.bus.publish(room, '"after"', plain)
      }),
    )
    for (const room of rooms) {
      await b.deliveries(room, 1)
      expect(b.data(room)).toEqual(['"after"'])
    }
  })

  it('a node that subscribed twice hears once, and one unsubscribe is enough', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await Promise.all([b.bus.subscribe('room'), b.bus.subscribe('room')])
    await a.bus.publish('room', '1', plain)
    await fence(a, b)
    expect(b.data('room')).toEqual(['1'])
    await b.bus.unsubscribe('room')
    await b.bus.unsubscribe('room')
    await a.bus.publish('room', '2', plain)
    await fence(a, b)
    expect(b.data('room')).toEqual(['1'])
  })

  it('a node hears nothing of rooms it never subscribed to or has left', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await a.bus.subscribe('room')
    await b.bus.subscribe('room')
    await b.bus.unsubscribe('room')
    await a.bus.publish('room', '1', kept)
    await a.bus.publish('other', '1', kept)
    await a.bus.announce('room', 'join', { client: 'c1', user: 'ada' })
    await fence(a, a, b)
    expect(a.data('room')).toEqual(['1'])
    expect(b.heard('room')).toEqual([])
    expect(b.heard('other')).toEqual([])
  })

  it('a node that comes back to a room hears what comes, not what it missed', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    await b.bus.subscribe('room')
    await publishAll(a, 'room', ['1'], kept)
    await fence(a, b)
    await b.bus.unsubscribe('room')
    await publishAll(a, 'room', ['2'], kept)
    await b.bus.subscribe('room')
    await publishAll(a, 'room', ['3'], kept)
    await fence(a, b)
    expect(b.data('room')).toEqual(['1', '3'])
  })

  it('the last of several calls for a room wins, also unawaited', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const { bus } = b
    await Promise.all([bus.subscribe('in'), bus.unsubscribe('in'), bus.subscribe('in')])
    await Promise.all([bus.subscribe('out'), bus.unsubscribe('out')])
    await a.bus.publish('in', '1', plain)
    await a.bus.publish('out', '1', plain)
    await fence(a, b)
    expect(b.data('in')).toEqual(['1'])
    expect(b.data('out')).toEqual([])
  })

  it('names are only names: patterns, braces and letter case mean nothing', async () => {
    const { join } = await startNodes(makeCluster)
    const a = await join('a')
    const b = await join('b')
    const rooms = ['a', 'A', 'a*', 'a?', '[a]', '{a}', 'a:b', '*', '__proto__', 'constructor']
    for (const room of rooms) {
      await b.bus.subscribe(room)
    }
    for (const room of rooms) {
      await a.bus.publish(room, JSON.stringify(room), kept)
    }
    await fence(a, b)
    for (const room of rooms) {
      expect(b.publications(room)).toEqual([{ data: JSON.stringify(room), offset: 1 }])
    }
  })

  it('a command reaches every node, the sending one included, in order', async () => {
    const { join } = await startNodes(makeCluster)
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => join(name)))
    const commands: Control[] = [
      { type: 'subscribe', user: 'ada', room: 'room' },
      { type: 'unsubscribe', user: 'ada', client: 'c1', room: 'room', code: 2000, reason: 'x' },
      { type: 'refresh', user: 'ada', expired: false, expireAt: 1_900_000_000 },
      { type: 'disconnect', user: 'ada', code: 3503, reason: 'force disconnect' },
    ]
    for (const command of commands) await nodes[1]?.bus.control(command)
    for (const node of nodes) expect(await node.controls(4)).toEqual(commands)
  })

  it('a node that throws while it hears harms nobody, nor its own future', async () => {
    const { join } = await startNodes(makeCluster)
    const fail = (): never => {
      throw new Error('thrown while hearing')
    }
    const broken = await join('broken', { onDeliver: fail, onControl: fail })
    const sound = await join('sound')
    const command: Control = { type: 'disconnect', user: 'ada', code: 3503, reason: 'x' }
    for (const node of [broken, sound]) await node.bus.subscribe('room')
    for (const node of [broken, sound]) {
      await node.bus.publish('room', '1', kept)
      await node.bus.control(command)
    }
    for (const node of [broken, sound]) {
      await node.deliveries('room', 2)
      expect(node.publications('room').map(({ offset }) => offset)).toEqual([1, 2])
      expect(await node.controls(2)).toEqual([command, command])
    }
  })

  it('a node that answers while it hears leaves the order the same for all', async () => {
    const { join } = await startNodes(makeCluster)
    const answers: unknown[] = []
    const a = await join('a', {
      onDeliver(room, delivery) {
        if (delivery.type !== 'publication') return
        const n = Number(delivery.publication.data)
        if (n < 40) answers.push(a.bus.publish(room, String(n * 2), kept))
      },
    })
    const b = await join('b')
    const c = await join('c')
    for (const node of [b, a, c]) await node.bus.subscribe('room')
    await Promise.all([b.bus.publish('room', '3', kept), b.bus.publish('room', '5', kept)])
    // 3 → 6 12 24 48, 5 → 10 20 40
    for (const node of [a, b, c]) await node.deliveries('room', 9)
    await Promise.all(answers)
    const { publications } = await c.bus.history('room', {}, past)
    expect(publications.map(({ offset }) => offset)).toEqual(numbers(9).map(Number))
    for (const node of [a, b, c]) expect(node.publications('room')).toEqual(publications)
  })
}
