import { ManualClock } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { type Bus, createMemoryHub, type MemoryHub, type Position } from '../src/index.ts'
import { alone, kept } from './alone.ts'
import { busContract } from './bus.contract.ts'
import { stillHeld } from './garbage.ts'
import { joinLate } from './late-bus.ts'
import { createListener } from './listener.ts'

busContract('memory bus', async () => {
  const clock = new ManualClock()
  const hub = createMemoryHub({ clock })
  return {
    join: async (host) => hub.join(host),
    elapse: async (ms) => clock.advance(ms),
    close: () => hub.close(),
  }
})

for (const seed of [1, 2, 3]) {
  busContract(`memory bus behind a network (${seed})`, async () => {
    const clock = new ManualClock()
    const hub = createMemoryHub({ clock })
    const random = createRandom(seed)
    return {
      join: async (host) => joinLate(hub, host, random),
      elapse: async (ms) => clock.advance(ms),
      close: () => hub.close(),
    }
  })
}

describe('the cost of a call', () => {
  it('results are plain values and deliveries happen within the call', () => {
    const { bus, listener } = alone()
    expect(bus.subscribe('room')).toBeUndefined()
    expect(bus.publish('room', '1', {})).toBeUndefined()
    expect(listener.data('room')).toEqual(['1'])
    expect(bus.publish('room', '2', kept)).toMatchObject({ offset: 1 })
    expect(listener.data('room')).toEqual(['1', '2'])
    expect(bus.history('room', {}, kept.history)).toMatchObject({ offset: 1, complete: true })
    expect(bus.presenceStats('room')).toEqual({ numClients: 0, numUsers: 0 })
    expect(bus.rooms()).toEqual({ value: new Map(), silent: [] })
  })

  it('all nodes are handed the same objects: nothing is copied per node', () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const listeners = ['a', 'b'].map((name) => createListener(name))
    const [bus] = listeners.map((listener) => {
      const joined = hub.join(listener)
      void joined.subscribe('room')
      return joined
    })
    void bus?.publish('room', '1', kept)
    const [a, b] = listeners.map((listener) => listener.heard('room')[0])
    expect(a).toBeDefined()
    expect(a).toBe(b)
  })
})

describe('faults of a node', () => {
  it('are events that say which call failed', () => {
    const error = new Error('thrown by the node')
    const fail = (): never => {
      throw error
    }
    const { bus, listener, events } = alone({}, { onDeliver: fail, onControl: fail })
    listener.describe = fail
    void bus.subscribe('room')
    void bus.publish('room', '1', {})
    void bus.control({ type: 'disconnect', user: 'ada', code: 3503, reason: 'x' })
    expect(bus.nodes()).toEqual({ value: [], silent: [] })
    expect(events).toEqual([
      { name: 'host.failed', call: 'deliver', error },
      { name: 'host.failed', call: 'control', error },
      { name: 'host.failed', call: 'describe', error },
    ])
  })
})

describe('bounds', () => {
  const read = (bus: Bus, room: string): unknown =>
    bus.history(room, { limit: 0 }, { size: 10, ttlMs: 60_000 })

  it('a stream that nobody used for the meta time starts a new epoch at offset 0', () => {
    let epochs = 0
    const { bus, clock } = alone({
      nextEpoch: () => `e${++epochs}`,
      historyMetaTtlMs: 120_000,
    })
    void bus.publish('room', '1', kept)
    clock.advance(119_999)
    expect(read(bus, 'room')).toMatchObject({ offset: 1, epoch: 'e1' })
    clock.advance(119_999)
    expect(read(bus, 'room')).toMatchObject({ offset: 1, epoch: 'e1' })
    clock.advance(120_000)
    expect(read(bus, 'room')).toMatchObject({ offset: 0, epoch: 'e2' })
    const since = { offset: 1, epoch: 'e1' }
    expect(bus.history('room', { since }, kept.history)).toMatchObject({ complete: false })
  })

  it('past the byte limit the streams unused for longest go, and that is told', () => {
    const { bus, clock, events } = alone({ maxHistoryBytes: 100_000 })
    const text = JSON.stringify('x'.repeat(1_000))
    for (let i = 0; i < 200; i++) {
      clock.advance(1)
      void bus.publish(`room:${i}`, text, kept)
      void bus.publish('busy', text, kept)
    }
    const evicted = events.flatMap((event) => (event.name === 'stream.evicted' ? event.room : []))
    expect(evicted.length).toBeGreaterThan(100)
    expect(evicted).not.toContain('busy')
    expect(read(bus, 'busy')).toMatchObject({ offset: 200 })
    expect(read(bus, evicted[0] ?? '')).toMatchObject({ offset: 0 })
  })

  it('one clock timer serves all rooms, and none is left after close', async () => {
    const { bus, clock } = alone()
    for (let i = 0; i < 1_000; i++) {
      void bus.publish(`room:${i}`, '1', { ...kept, idempotencyKey: 'k' })
    }
    expect(clock.pending).toBe(1)
    clock.advance(10_000)
    expect(clock.pending).toBe(1)
    await bus.close()
    expect(clock.pending).toBe(0)
  })

  it('a closed hub takes no more nodes and closes those it has', async () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const bus = hub.join(createListener('a'))
    await hub.close()
    await hub.close()
    expect(bus.ready()).toBe(false)
    expect(() => hub.join(createListener('b'))).toThrow('[closed]')
  })

  it('a limit that is none is refused by name', () => {
    for (const maxLine of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => alone({ maxLine })).toThrow('[option_invalid] maxLine')
    }
  })
})

describe('what is gone is free', () => {
  it('publications that were trimmed, at once', async () => {
    const { bus } = alone()
    const tags = publishTagged(bus, 20, 'room')
    expect(await stillHeld(tags)).toHaveLength(kept.history.size)
    await bus.close()
  })

  it('publications and keys that expired, by sweeps alone', async () => {
    const { bus, clock } = alone({ historyMetaTtlMs: 1 })
    const tags = publishTagged(bus, 10, 'room')
    const positions = publishKeyed(bus, 10)
    expect(await stillHeld(tags)).toHaveLength(10)
    expect(await stillHeld(positions)).toHaveLength(10)
    clock.advance(61_000)
    expect(await stillHeld(tags)).toHaveLength(0)
    expect(await stillHeld(positions)).toHaveLength(0)
    await bus.close()
  })

  it('a node that left a hub, with all it subscribed to', async () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const staying = hub.join(createListener('staying'))
    void staying.subscribe('room')
    const nodes = await Promise.all([1, 2, 3].map(() => joinAndLeave(hub)))
    expect(await stillHeld(nodes)).toHaveLength(0)
    expect(staying.ready()).toBe(true)
  })

  it('what a closed bus knew, even while somebody holds the bus', async () => {
    const { bus } = alone()
    const held = [...publishTagged(bus, 5, 'room'), ...publishKeyed(bus, 5), ...addClients(bus, 5)]
    expect(await stillHeld<object>(held)).toHaveLength(15)
    await bus.close()
    expect(await stillHeld<object>(held)).toHaveLength(0)
    expect(bus.ready()).toBe(false)
  })
})

// Apart from the tests, so that no frame of theirs holds what they ask about.

function publishTagged(bus: Bus, count: number, room: string): WeakRef<object>[] {
  return Array.from({ length: count }, (_, i) => {
    const tags = { n: String(i) }
    void bus.publish(room, '1', { ...kept, tags })
    return new WeakRef(tags)
  })
}

function publishKeyed(bus: Bus, count: number): WeakRef<object>[] {
  const keyed = { history: { size: 0, ttlMs: 1 }, idempotencyTtlMs: 1_000 }
  return Array.from({ length: count }, (_, i) => {
    const position = bus.publish('keyed', '1', { ...keyed, idempotencyKey: `k${i}` })
    return new WeakRef(position as Position)
  })
}

async function joinAndLeave(hub: MemoryHub): Promise<WeakRef<object>> {
  const listener = createListener('leaving')
  const bus = hub.join(listener)
  void bus.subscribe('room')
  void bus.subscribe('unsubscribed')
  void bus.unsubscribe('unsubscribed')
  await bus.close()
  return new WeakRef(listener)
}

function addClients(bus: Bus, count: number): WeakRef<object>[] {
  return Array.from({ length: count }, (_, i) => {
    const info = { client: `c${i}`, user: 'ada' }
    void bus.addPresence('room', info)
    return new WeakRef(info)
  })
}

/** Numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
