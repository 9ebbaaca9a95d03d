import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../src/clock.ts'
import { Mailbox, type Overflow, resolveMailbox } from '../src/mailbox.ts'
import { NotedMailbox } from '../src/noted-mailbox.ts'

type Step = { do: 'push' | 'system' | 'take' | 'clear' | 'wait' | 'swap' }

const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom('push', 'push', 'push', 'system', 'take', 'take', 'wait', 'swap', 'clear'),
  }),
  { maxLength: 60 },
)

test('a noted mailbox holds what a plain one would, and a note of each message goes with it', () => {
  const overflows = fc.constantFrom<Overflow>('reject', 'drop-oldest', 'drop-newest', 'suspend')
  fc.assert(
    fc.property(steps, overflows, fc.integer({ min: 1, max: 5 }), (given, overflow, capacity) => {
      const limits = resolveMailbox({ capacity, overflow })
      const clock = new ManualClock()
      const kernel = { current: undefined, clock }
      const plain = new Mailbox<unknown>(limits)
      let noted: Mailbox<unknown> = new Mailbox<unknown>(limits)
      /** When each message was told that was told while notes were made. */
      const toldAt = new Map<unknown, number>()
      let next = 0
      const tell = (into: (mailbox: Mailbox<unknown>, message: number) => unknown): void => {
        const message = next++
        if (noted instanceof NotedMailbox) toldAt.set(message, clock.now())
        expect(into(noted, message)).toEqual(into(plain, message))
      }
      for (const step of given) {
        clock.advance(1)
        /** What has to be alike. */
        const pairs: [unknown, unknown][] = []
        switch (step.do) {
          case 'push':
            tell((mailbox, message) => mailbox.push(message))
            break
          case 'system':
            tell((mailbox, message) => mailbox.pushSystem(message))
            break
          case 'wait': {
            const message = next++
            for (const mailbox of [noted, plain]) {
              mailbox.whenSpace(() => {
                // It may have moved house since it began to wait.
                if (mailbox === plain) plain.push(message)
                else {
                  if (noted instanceof NotedMailbox) toldAt.set(message, clock.now())
                  noted.push(message)
                }
              })
            }
            break
          }
          case 'take': {
            const message = noted.take()
            const note = noted instanceof NotedMailbox ? noted.taken : undefined
            pairs.push([message, plain.take()], [note?.at, toldAt.get(message)])
            toldAt.delete(message)
            break
          }
          case 'clear':
            noted.clear()
            plain.clear()
            break
          case 'swap': {
            toldAt.clear()
            if (noted instanceof NotedMailbox) {
              const back = new Mailbox<unknown>(limits)
              noted.moveTo(back)
              noted = back
            } else noted = new NotedMailbox(limits, kernel, noted)
            break
          }
        }
        pairs.push(
          [noted.length, plain.length],
          [noted.systemLength, plain.systemLength],
          [noted.suspended, plain.suspended],
        )
        for (const [one, other] of pairs) expect(one).toBe(other)
      }
    }),
  )
})
