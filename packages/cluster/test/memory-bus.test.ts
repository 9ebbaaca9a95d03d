import { Events, ManualClock } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import {
  type Bus,
  type BusEvent,
  createMemoryBus,
  createMemoryHub,
  type MemoryBusOptions,
} from '../src/index.ts'
import { busContract } from './bus.contract.ts'
import { joinLate } from './late-bus.ts'
import { createListener, type Listener, type ListenerOptions } from './listener.ts'

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

const kept = { history: { size: 10, ttlMs: 60_000 } }

interface Alone {
  bus: Bus
  listener: Listener
  clock: ManualClock
  events: BusEvent[]
}

function alone(options: MemoryBusOptions = {}, listening: ListenerOptions = {}): Alone {
  const clock = new ManualClock()
  const listener = createListener('a', listening)
  const heard: BusEvent[] = []
  const events = new Events<BusEvent>()
  events.on((event) => heard.push(event))
  return {
    bus: createMemoryBus(listener, { clock, events, ...options }),
    listener,
    clock,
    events: heard,
  }
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
    expect(bus.rooms()).toEqual(new Map())
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

describe('rooms that publish while they hear', () => {
  it('two rooms that answer each other again and again leave the loop to others', () => {
    let heard = 0
    const { bus, clock } = alone(
      {},
      {
        onDeliver(room) {
          if (++heard < 5_000) void bus.publish(room === 'ping' ? 'pong' : 'ping', '1', {})
        },
      },
    )
    void bus.subscribe('ping')
    void bus.subscribe('pong')
    void bus.publish('ping', '1', {})
    expect(heard).toBeGreaterThan(1)
    expect(heard).toBeLessThan(2_500)
    clock.flush()
    expect(heard).toBe(5_000)
  })

  it('what is published meanwhile lines up behind', () => {
    const order: string[] = []
    const { bus, clock } = alone(
      {},
      {
        onDeliver(_, delivery) {
          if (delivery.type !== 'publication') return
          const n = Number(delivery.publication.data)
          order.push(delivery.publication.data)
          if (n === 0) for (let i = 1; i <= 3_000; i++) void bus.publish('room', String(i), {})
        },
      },
    )
    void bus.subscribe('room')
    void bus.publish('room', '0', {})
    expect(order.length).toBeLessThan(3_001)
    void bus.publish('room', '3001', {})
    void bus.control({ type: 'disconnect', user: 'ada', code: 3503, reason: 'x' })
    clock.flush()
    expect(order).toEqual(Array.from({ length: 3_002 }, (_, i) => String(i)))
  })

  it('the line is bounded: publishing into a full one fails, and works again when it has moved', async () => {
    const failures: Promise<unknown>[] = []
    const { bus, listener, clock } = alone(
      { maxLine: 100 },
      {
        onDeliver(_, delivery) {
          if (delivery.type !== 'publication' || delivery.publication.data !== '0') return
          for (let i = 1; i <= 110; i++) {
            const result = bus.publish('room', String(i), kept)
            if (result instanceof Promise) failures.push(result)
          }
        },
      },
    )
    void bus.subscribe('room')
    void bus.publish('room', '0', {})
    clock.flush()
    expect(failures).toHaveLength(10)
    for (const failure of failures) {
      await expect(failure).rejects.toMatchObject({ code: 'capacity_exceeded' })
    }
    expect(listener.publications('room').at(-1)).toMatchObject({ data: '100', offset: 100 })
    expect(bus.publish('room', '"again"', kept)).toMatchObject({ offset: 101 })
  })

  it('who unsubscribes while something is in line does not hear it, who subscribes neither', () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const late = createListener('late')
    const leaving = createListener('leaving')
    const speaker = createListener('speaker', {
      onDeliver(room, delivery) {
        if (delivery.type !== 'publication' || delivery.publication.data !== '1') return
        void speaking.publish(room, '2', {})
        void leavingBus.unsubscribe(room)
        void lateBus.subscribe(room)
      },
    })
    const speaking = hub.join(speaker)
    const leavingBus = hub.join(leaving)
    const lateBus = hub.join(late)
    void speaking.subscribe('room')
    void leavingBus.subscribe('room')
    void speaking.publish('room', '1', {})
    expect(speaker.data('room')).toEqual(['1', '2'])
    expect(leaving.data('room')).toEqual([])
    expect(late.data('room')).toEqual([])
    void speaking.publish('room', '3', {})
    expect(late.data('room')).toEqual(['3'])
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
    expect(bus.nodes()).toEqual([])
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

  it('closing while it delivers stops at once, also what is in line', async () => {
    const { bus, listener } = alone(
      {},
      {
        onDeliver() {
          void bus.publish('room', '2', {})
          void bus.close()
        },
      },
    )
    void bus.subscribe('room')
    void bus.publish('room', '1', {})
    await bus.close()
    expect(listener.data('room')).toEqual(['1'])
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

/** Numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
