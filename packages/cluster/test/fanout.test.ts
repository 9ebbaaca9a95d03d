import { type Clock, ManualClock } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { Fanout } from '../src/fanout.ts'
import { type Control, createMemoryHub } from '../src/index.ts'
import { alone, kept } from './alone.ts'
import { createListener } from './listener.ts'

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

describe('commands', () => {
  const command = (user: string): Control => ({ type: 'refresh', user })

  it('that are answered with commands come to all in one order', () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const first = createListener('first', {
      onControl: ({ user }) => void (user === 'ada' && speaking.control(command('bob'))),
    })
    const second = createListener('second')
    const speaking = hub.join(first)
    hub.join(second)
    void speaking.control(command('ada'))
    expect(first.commands).toEqual([command('ada'), command('bob')])
    expect(second.commands).toEqual(first.commands)
  })

  it('reach no node that was closed by one before it', () => {
    const hub = createMemoryHub({ clock: new ManualClock() })
    const first = hub.join(createListener('first', { onControl: () => void closing.close() }))
    const second = createListener('second')
    const closing = hub.join(second)
    void first.control(command('ada'))
    expect(second.commands).toEqual([])
  })
})

describe('rooms', () => {
  it('that nobody hears any more leave nothing behind', () => {
    const fanout = new Fanout(new ManualClock(), undefined, 1)
    const ears = ['a', 'b'].map((name) => ({ host: createListener(name), live: true }))
    for (const ear of ears) fanout.subscribe('room', ear)
    expect(fanout.rooms).toBe(1)
    for (const ear of ears) fanout.unsubscribe('room', ear)
    expect(fanout.rooms).toBe(0)
  })
})

describe('closing', () => {
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

  it('closing empties the line: no turn is asked for after it', async () => {
    let turns = 0
    const clock = new ManualClock()
    const counting: Clock = {
      now: () => clock.now(),
      wall: () => clock.wall(),
      after: (ms, run) => clock.after(ms, run),
      soon(run) {
        turns++
        clock.soon(run)
      },
    }
    const { bus } = alone(
      { clock: counting },
      {
        onDeliver() {
          for (let i = 0; i < 2; i++) void swallow(bus.publish('room', '1', {}))
        },
      },
    )
    void bus.subscribe('room')
    void bus.publish('room', '1', {})
    expect(turns).toBe(1)
    await bus.close()
    clock.flush()
    expect(turns).toBe(1)
  })
})

/** For publishes that may be refused. */
async function swallow(result: unknown): Promise<void> {
  await Promise.allSettled([result])
}
