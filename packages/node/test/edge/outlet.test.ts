import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textFrame } from '../../src/edge/frames.ts'
import { Fanout } from '../../src/rooms/fanout.ts'
import { createRig, type Rig, Turns } from '../support/outlet.ts'

const counters = () => ({ deliveries: 0, dropped: 0 })

function opened(...given: Parameters<typeof createRig>): Rig {
  const rig = createRig(...given)
  rig.outlet.open('hello')
  rig.turns.end()
  return rig
}

describe('what is written', () => {
  test('arrives in the order of the calls, however the socket blocks and whenever it is opened', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('send' as const) },
      { weight: 4, arbitrary: fc.constant('share' as const) },
      { weight: 4, arbitrary: fc.constant('turn' as const) },
      { weight: 1, arbitrary: fc.constant('open' as const) },
      { weight: 1, arbitrary: fc.constant('shut valve' as const) },
      { weight: 2, arbitrary: fc.constant('release' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { socket, turns, outlet } = createRig({}, 8)
        const sent: string[] = []
        let open = false
        for (const [i, what] of steps.entries()) {
          if (what === 'send') outlet.send(`m${i}`)
          else if (what === 'share') outlet.share(textFrame(`m${i}`), 500)
          else if (what === 'turn') turns.end()
          else if (what === 'shut valve') socket.open = false
          else if (what === 'release') await socket.release()
          else if (!open) {
            open = true
            outlet.open('hello')
          }
          if (what === 'send' || what === 'share') sent.push(`m${i}`)
          expect(open ? [] : socket.passed).toEqual([])
        }
        turns.end()
        await socket.drain()
        expect(socket.messages).toEqual(open ? ['hello', ...sent] : [])
      }),
    )
  })

  test('of a turn that has a single buffer is that buffer, in one write', () => {
    const { socket, turns, outlet } = opened()
    const frames = textFrame('shared')
    outlet.share(frames, 500)
    expect(socket.passed).toHaveLength(1)
    turns.end()
    expect(socket.passed).toHaveLength(2)
    expect(socket.passed[1]![0]).toBe(frames)
  })

  test('of a turn that has several is still one write', () => {
    const { socket, turns, outlet } = opened()
    outlet.share(textFrame('a'), 500)
    outlet.send('b')
    outlet.send('c')
    outlet.share(textFrame('d'), 500)
    turns.end()
    expect(socket.passed).toHaveLength(2)
    expect(socket.messages).toEqual(['hello', 'a', 'b', 'c', 'd'])
    turns.end()
    expect(socket.passed).toHaveLength(2)
  })

  test('of replies in a row is one frame', () => {
    const { socket, turns, outlet } = opened()
    outlet.send('a')
    outlet.send('b')
    turns.end()
    expect(socket.passed[1]).toEqual([textFrame('a\nb')])
  })

  test('stops with the close frame, and when the socket is gone nothing throws', () => {
    const { socket, turns, owner, outlet } = opened()
    owner.writable = false
    outlet.send('late')
    outlet.share(textFrame('late'), 500)
    turns.end()
    expect(socket.messages).toEqual(['hello'])
    owner.writable = true
    socket.destroy()
    outlet.send('later')
    outlet.refuse('later')
    turns.end()
    expect(socket.messages).toEqual(['hello'])
    expect(turns.errors).toEqual([])
    expect(outlet.queued).toBe(0)
  })

  test('is nothing any more once it is closed', async () => {
    const { socket, turns, owner, outlet } = opened()
    socket.open = false
    outlet.send('x'.repeat(100))
    turns.end()
    outlet.send('forgotten')
    outlet.close()
    outlet.send('late')
    outlet.share(textFrame('late'), 500)
    outlet.park(new Fanout(turns.writer, latest, counters()), ['late'], [''])
    turns.end()
    await socket.drain()
    expect(socket.messages).toEqual(['hello', 'x'.repeat(100)])
    expect(owner.heard).toEqual(['blocked', 'drained'])
  })

  test('may be the refusal of a connect, ahead of everything and without opening', () => {
    const { socket, turns, outlet } = createRig()
    outlet.refuse('no')
    outlet.send('behind')
    turns.end()
    expect(socket.messages).toEqual(['no'])
    outlet.open('yes')
    turns.end()
    expect(socket.messages).toEqual(['no', 'yes', 'behind'])
  })
})

const latest = { policy: 'latest', maxBytes: 1_000, maxAgeMs: 500 } as const

describe('a full socket', () => {
  test('is told once, and again when it has drained', async () => {
    const { socket, turns, owner, outlet } = opened()
    socket.open = false
    outlet.send('x'.repeat(100))
    turns.end()
    outlet.send('y'.repeat(100))
    turns.end()
    expect(outlet.blocked).toBe(true)
    expect(owner.heard).toEqual(['blocked'])
    await socket.drain()
    expect(outlet.blocked).toBe(false)
    expect(owner.heard).toEqual(['blocked', 'drained'])
    expect(socket.listenerCount('drain')).toBe(0)
    socket.open = false
    outlet.send('z'.repeat(100))
    turns.end()
    expect(owner.heard).toEqual(['blocked', 'drained', 'blocked'])
    expect(socket.listenerCount('drain')).toBe(1)
  })

  test('is slow exactly once, as soon as more waits than may, and takes nothing more', () => {
    const { socket, turns, owner, outlet } = opened({ maxQueueBytes: 1_000 })
    socket.open = false
    for (let i = 0; i < 100; i++) {
      outlet.send('x'.repeat(98))
      turns.end()
    }
    expect(owner.heard).toEqual(['blocked', 'slow'])
    expect(socket.writableLength).toBeGreaterThan(1_000)
    expect(socket.writableLength).toBeLessThanOrEqual(1_100)
    expect(outlet.queued).toBe(socket.writableLength)
  })

  test('also counts what waits for the answer to connect', () => {
    const { turns, owner, outlet } = createRig({ maxQueueBytes: 1_000 })
    for (let i = 0; i < 100; i++) {
      outlet.share(textFrame('x'.repeat(98)), 500)
      turns.end()
    }
    expect(owner.heard).toEqual(['slow'])
    expect(outlet.queued).toBe(0)
  })

  test('is overdue by the oldest thing that must arrive', () => {
    const { socket, turns, outlet } = opened()
    socket.open = false
    turns.now = 1_000
    outlet.share(textFrame('x'.repeat(100)), Infinity)
    turns.end()
    expect(outlet.dueAt).toBe(Infinity)
    turns.now = 2_000
    outlet.share(textFrame('must'), 300)
    turns.end()
    expect(outlet.dueAt).toBe(2_300)
    turns.now = 2_200
    outlet.send('a reply')
    turns.end()
    expect(outlet.overdue(2_299)).toBe(false)
    expect(outlet.overdue(2_300)).toBe(true)
  })
})

describe('what tolerant rooms park', () => {
  test('comes after what was queued, when the socket has drained', async () => {
    const { socket, turns, outlet } = opened()
    const count = counters()
    const room = new Fanout(turns.writer, { ...latest, policy: 'drop-oldest' }, count)
    const member = { outlet, place: -1 }
    room.enter(member)
    socket.open = false
    outlet.send('x'.repeat(100))
    turns.end()
    room.add('one', '')
    turns.end()
    outlet.send('a reply')
    turns.end()
    room.add('two', '')
    turns.end()
    expect(count).toEqual({ deliveries: 2, dropped: 0 })
    await socket.drain()
    expect(socket.messages).toEqual(['hello', 'x'.repeat(100), 'a reply', 'one', 'two'])
    room.add('three', '')
    turns.end()
    expect(socket.messages.at(-1)).toBe('three')
    expect(outlet.queued).toBe(socket.writableLength)
  })

  test('is dropped and counted when the member leaves, so that it never meets its next visit', async () => {
    const { socket, turns, outlet } = opened()
    const count = counters()
    const room = new Fanout(turns.writer, latest, count)
    const member = { outlet, place: -1 }
    room.enter(member)
    socket.open = false
    outlet.send('x'.repeat(100))
    turns.end()
    room.add('before', 'k')
    expect(room.leave(member)).toBe(true)
    room.enter(member)
    turns.end()
    expect(count.dropped).toBe(1)
    await socket.drain()
    expect(socket.messages).not.toContain('before')
  })

  test('is bounded over all rooms together, and every message arrives or is counted', async () => {
    const { socket, turns, outlet, owner } = opened({ maxQueueBytes: 2_000 })
    const count = counters()
    const rooms = Array.from(
      { length: 20 },
      () => new Fanout(turns.writer, { ...latest, policy: 'drop-oldest' }, count),
    )
    for (const room of rooms) room.enter({ outlet, place: -1 })
    socket.open = false
    outlet.send('x'.repeat(100))
    turns.end()
    for (let round = 0; round < 50; round++) {
      for (const [i, room] of rooms.entries()) room.add(`${i} ${round}`.padEnd(50, '.'), '')
      turns.end()
    }
    // Each room keeps its newest, whatever the others have.
    expect(outlet.queued - socket.writableLength).toBeLessThanOrEqual(2_000 + 20 * 50)
    expect(owner.heard).toEqual(['blocked'])
    await socket.drain()
    expect(socket.messages.length - 2 + count.dropped).toBe(20 * 50)
    for (const i of rooms.keys()) expect(socket.messages).toContain(`${i} 49`.padEnd(50, '.'))
  })
})

describe('the end of a turn', () => {
  test('flushes rooms before outlets, so that a member of several writes once', () => {
    const { socket, turns, outlet } = opened()
    const strict = { policy: 'disconnect', maxBytes: 1_000, maxAgeMs: 500 } as const
    const rooms = [1, 2, 3].map(() => new Fanout(turns.writer, strict, counters()))
    for (const room of rooms) room.enter({ outlet, place: -1 })
    for (const [i, room] of rooms.entries()) room.add(`${i}`, '')
    turns.end()
    expect(socket.passed).toHaveLength(2)
    expect(socket.messages).toEqual(['hello', '0', '1', '2'])
  })

  test('goes on when one outlet throws', () => {
    const turns = new Turns()
    const broken = createRig({}, 64, turns)
    const good = createRig({}, 64, turns)
    broken.outlet.open('hello')
    good.outlet.open('hello')
    broken.socket.write = () => {
      throw new Error('broken')
    }
    turns.end()
    expect(turns.errors).toEqual([new Error('broken')])
    expect(good.socket.messages).toEqual(['hello'])
  })
})
