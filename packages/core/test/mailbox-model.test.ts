import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Delivery, Mailbox, type Overflow, resolveMailbox } from '../src/mailbox.ts'

// The model is a few arrays. A message is a number, and each is sent once.

type Op = 'push' | 'system' | 'take' | 'wait' | 'give up' | 'clear'

class Model {
  readonly capacity: number
  readonly overflow: Overflow
  system: number[] = []
  user: number[] = []
  /** Who waits: the message, or undefined for a sender that has lost interest by the time its turn comes. */
  waiters: (number | undefined)[] = []

  constructor(capacity: number, overflow: Overflow) {
    this.capacity = capacity
    this.overflow = overflow
  }

  push(message: number): [Delivery, lost: number[]] {
    if (this.user.length < this.capacity) {
      this.user.push(message)
      return ['accepted', []]
    }
    if (this.overflow === 'drop-newest') return ['dropped', []]
    if (this.overflow !== 'drop-oldest') return ['full', []]
    this.user.push(message)
    return ['displaced', this.user.splice(0, 1)]
  }

  take(): number | undefined {
    if (this.system.length > 0) return this.system.shift()
    const message = this.user.shift()
    this.serve()
    return message
  }

  wait(message: number | undefined): boolean {
    const place = this.user.length < this.capacity || this.waiters.length < this.capacity
    if (place) this.waiters.push(message)
    this.serve()
    return place
  }

  clear(): number[] {
    const all = [...this.system.splice(0), ...this.user.splice(0)]
    this.serve()
    return all
  }

  serve(): void {
    while (this.user.length < this.capacity && this.waiters.length > 0) {
      const message = this.waiters.shift()
      if (message !== undefined) this.user.push(message)
    }
  }
}

const ops = (extra: Op[]): fc.Arbitrary<Op[]> => {
  const one = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Op>('push') },
    { weight: 6, arbitrary: fc.constant<Op>('take') },
    { weight: 1, arbitrary: fc.constantFrom<Op>('system', 'clear', ...extra) },
  )
  return fc.array(one, { maxLength: 300, size: 'large' })
}

describe.each<Overflow>(['reject', 'drop-oldest', 'drop-newest', 'suspend'])(
  'with %s',
  (overflow) => {
    const extra: Op[] = overflow === 'suspend' ? ['wait', 'wait', 'give up'] : []

    test('order is kept, the capacity too, and every message is accounted for', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 40 }), ops(extra), (capacity, sequence) => {
          const box = new Mailbox<number>(resolveMailbox({ capacity, overflow }))
          const model = new Model(capacity, overflow)
          const count = { entered: 0, taken: 0, lost: 0, cleared: 0, longest: 0 }
          const push = (message: number, lost: number[]): Delivery => {
            const said = box.push(message, (old) => lost.push(old))
            if (said === 'accepted' || said === 'displaced') count.entered++
            count.lost += lost.length
            return said
          }
          /** What the mailbox says to an operation, and what the model does. */
          const apply = (op: Op, message: number): [unknown, unknown] => {
            switch (op) {
              case 'push': {
                const lost: number[] = []
                return [[push(message, lost), lost], model.push(message)]
              }
              case 'system':
                count.entered++
                return [box.pushSystem(message), void model.system.push(message)]
              case 'take': {
                const taken = box.take()
                if (taken !== undefined) count.taken++
                return [taken, model.take()]
              }
              case 'wait':
                return [box.whenSpace(() => push(message, [])), model.wait(message)]
              case 'give up':
                return [box.whenSpace(() => {}), model.wait(undefined)]
              case 'clear': {
                const all: number[] = []
                box.clear((each) => all.push(each))
                count.cleared += all.length
                return [all, model.clear()]
              }
            }
          }
          const said: unknown[] = []
          const expected: unknown[] = []
          sequence.forEach((op, message) => {
            const [fromBox, fromModel] = apply(op, message)
            const { user, system, waiters } = model
            said.push(op, fromBox, box.length, box.systemLength, box.suspended, box.full)
            expected.push(
              op,
              fromModel,
              user.length,
              system.length,
              waiters.length,
              user.length === capacity,
            )
            count.longest = Math.max(count.longest, box.length)
          })
          expect(said).toEqual(expected)
          expect(count.longest).toBeLessThanOrEqual(capacity)
          const left = box.length + box.systemLength
          expect(count.entered).toBe(count.taken + count.lost + count.cleared + left)
        }),
        { numRuns: 300 },
      )
    })
  },
)

test('suspended senders are served in order and nothing is lost, however many there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.boolean(), { maxLength: 400, size: 'max' }),
      (capacity, sequence) => {
        const box = new Mailbox<number>(resolveMailbox({ capacity, overflow: 'suspend' }))
        const delivered: number[] = []
        let next = 0
        let refused = 0
        for (const send of sequence) {
          if (!send) {
            const message = box.take()
            if (message !== undefined) delivered.push(message)
            continue
          }
          const message = next
          if (box.push(message) === 'accepted' || box.whenSpace(() => box.push(message))) next++
          else refused++
        }
        for (let message = box.take(); message !== undefined; message = box.take())
          delivered.push(message)
        expect(delivered).toEqual(Array.from({ length: next }, (_, i) => i))
        expect(next + refused).toBe(sequence.filter(Boolean).length)
      },
    ),
  )
})
