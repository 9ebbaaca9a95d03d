import { memoryUsage } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import {
  Mailbox,
  mailboxDefaults,
  type MailboxOptions,
  type Overflow,
  resolveMailbox,
} from '../src/mailbox.ts'

const mailbox = (options?: MailboxOptions): Mailbox<number> => new Mailbox(resolveMailbox(options))

function drain<M>(box: Mailbox<M>): M[] {
  const taken: M[] = []
  for (let message = box.take(); message !== undefined; message = box.take()) taken.push(message)
  return taken
}

describe('options', () => {
  test('have defaults, and are shared, not copied', () => {
    expect(resolveMailbox()).toEqual({ capacity: 1024, overflow: 'reject' })
    expect(resolveMailbox({ capacity: 3 })).toEqual({ capacity: 3, overflow: 'reject' })
    expect(Object.isFrozen(resolveMailbox({ overflow: 'suspend' }))).toBe(true)
    expect(Object.isFrozen(mailboxDefaults)).toBe(true)
  })

  test('that are wrong are refused by name', () => {
    for (const capacity of [0, -1, 1.5, NaN, Infinity, 2 ** 20 + 1]) {
      expect(() => resolveMailbox({ capacity })).toThrow(/^\[option_invalid\] mailbox\.capacity/)
    }
    const wrong = { overflow: 'drop' } as unknown as MailboxOptions
    expect(() => resolveMailbox(wrong)).toThrow(
      '[option_invalid] mailbox.overflow: expected reject, drop-oldest, drop-newest, suspend, got drop',
    )
    const unknown = { size: 3 } as MailboxOptions
    expect(() => resolveMailbox(unknown)).toThrow('[option_invalid] mailbox.size: no such option')
  })
})

describe('a full mailbox', () => {
  const deliveries = (overflow?: Overflow) => {
    const box = mailbox(overflow === undefined ? { capacity: 2 } : { capacity: 2, overflow })
    const said = [1, 2, 3].map((message) => box.push(message))
    return { box, third: said[2], left: drain(box) }
  }

  test('rejects by default', () => {
    expect(deliveries()).toMatchObject({ third: 'full', left: [1, 2] })
  })

  test('with drop-oldest takes the new one for the oldest, and says which was lost', () => {
    expect(deliveries('drop-oldest')).toMatchObject({ third: 'displaced', left: [2, 3] })
    const box = mailbox({ capacity: 1, overflow: 'drop-oldest' })
    const onLost = vi.fn<(message: number) => void>()
    box.push(1, onLost)
    box.push(2, onLost)
    expect(onLost.mock.calls).toEqual([[1]])
  })

  test('with drop-newest loses the new one', () => {
    expect(deliveries('drop-newest')).toMatchObject({ third: 'dropped', left: [1, 2] })
  })

  test('with suspend says full, and the sender may wait for a slot', () => {
    const { box } = deliveries('suspend')
    box.push(1)
    box.push(2)
    const said: string[] = []
    expect(box.push(3)).toBe('full')
    expect(box.whenSpace(() => said.push(box.push(3)))).toBe(true)
    expect([box.suspended, said]).toEqual([1, []])
    expect(box.take()).toBe(1)
    expect([box.suspended, said]).toEqual([0, ['accepted']])
    expect(drain(box)).toEqual([2, 3])
  })

  test('still takes system messages, and gives them first', () => {
    const box = mailbox({ capacity: 2 })
    box.push(1)
    box.push(2)
    for (let message = 100; message < 200; message++) box.pushSystem(message)
    expect([box.length, box.systemLength, box.full]).toEqual([2, 100, true])
    expect(drain(box)).toEqual([...Array.from({ length: 100 }, (_, i) => 100 + i), 1, 2])
    expect([box.length, box.systemLength]).toEqual([0, 0])
  })
})

describe('waiting for space', () => {
  test('is over at once if there is space', () => {
    const box = mailbox({ capacity: 1, overflow: 'suspend' })
    const waiter = vi.fn<() => void>()
    expect(box.whenSpace(waiter)).toBe(true)
    expect(waiter).toHaveBeenCalledOnce()
  })

  test('is possible for as many senders as the mailbox holds messages', () => {
    const box = mailbox({ capacity: 2, overflow: 'suspend' })
    const waiter = vi.fn<() => void>()
    box.push(1)
    box.push(2)
    expect([1, 2, 3].map(() => box.whenSpace(waiter))).toEqual([true, true, false])
    drain(box)
    expect(waiter).toHaveBeenCalledTimes(2)
  })

  test('a sender that no longer wants its slot leaves it to the next one', () => {
    const box = mailbox({ capacity: 3, overflow: 'suspend' })
    for (const message of [1, 2, 3]) box.push(message)
    const gaveUp = vi.fn<() => void>()
    box.whenSpace(gaveUp)
    box.whenSpace(() => box.push(4))
    box.whenSpace(() => box.push(5))
    expect(box.take()).toBe(1)
    expect(gaveUp).toHaveBeenCalledOnce()
    expect(box.suspended).toBe(1)
    expect(drain(box)).toEqual([2, 3, 4, 5])
  })

  test('ends for all when the actor does: the waiters first, then the messages', () => {
    const box = mailbox({ capacity: 2, overflow: 'suspend' })
    box.push(1)
    box.push(2)
    box.pushSystem(0)
    box.whenSpace(() => box.push(3))
    const waiters: (() => void)[] = []
    const messages: number[] = []
    box.dropWaiters((waiter) => waiters.push(waiter))
    box.clear((message) => messages.push(message))
    expect([waiters.length, box.suspended, messages, drain(box)]).toEqual([1, 0, [0, 1, 2], []])
    box.dropWaiters()
    box.clear()
  })

  test('is over when a living mailbox is cleared', () => {
    const box = mailbox({ capacity: 1, overflow: 'suspend' })
    box.push(1)
    box.whenSpace(() => box.push(2))
    box.clear()
    expect(drain(box)).toEqual([2])
  })
})

describe('memory', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void

  test('a taken message is not kept alive by the slot that it lay in', async () => {
    const box = new Mailbox<object>(mailboxDefaults)
    const refs: WeakRef<object>[] = []
    const fill = (): void => {
      for (let i = 0; i < 20; i++) {
        const message = {}
        refs.push(new WeakRef(message))
        box.push(message)
      }
      for (let i = 0; i < 15; i++) box.take()
    }
    fill()
    // A WeakRef holds on until the end of the turn that made it.
    await setImmediate()
    collect()
    const alive = refs.map((ref) => ref.deref() !== undefined)
    expect(alive).toEqual(refs.map((_, i) => i >= 15))
    expect(box.length).toBe(5)
  })

  test('after a rush a mailbox weighs what it weighed before it', () => {
    const boxes = Array.from({ length: 2_000 }, () => mailbox())
    const rush = (): void => {
      for (const box of boxes) {
        for (let i = 0; i < 1_000; i++) box.push(i)
        drain(box)
      }
    }
    collect()
    const before = memoryUsage().heapUsed
    rush()
    collect()
    // With their slots they would hold 16 MB.
    expect(memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
    expect(boxes.every((box) => box.length === 0)).toBe(true)
  })
})
