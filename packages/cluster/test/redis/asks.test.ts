import { ManualClock } from '@sluice/core'
import { expect, test } from 'vitest'
import { Asks } from '../../src/redis/asks.ts'
import { createListener, type ListenerOptions } from '../listener.ts'

interface Pair {
  readonly clock: ManualClock
  readonly a: Asks
  readonly b: Asks
  /** What is on its way; delivered by hand. */
  readonly wire: { to: string; message: Buffer }[]
  readonly deliver: () => void
  up: boolean
}

/** Two nodes and a wire between them. */
function createPair(answer?: ListenerOptions['answer']): Pair {
  const clock = new ManualClock()
  const wire: { to: string; message: Buffer }[] = []
  const post = {
    send(to: string, message: Buffer): boolean {
      if (pair.up) wire.push({ to, message })
      return pair.up
    },
  }
  const a = new Asks('a', createListener('a'), clock, post)
  const b = new Asks('b', createListener('b', answer === undefined ? {} : { answer }), clock, post)
  const deliver = (): void => {
    for (const { to, message } of wire.splice(0)) (to === 'a' ? a : b).receive(message)
  }
  const pair: Pair = { clock, a, b, wire, deliver, up: true }
  return pair
}

test('a question that nobody answers ends with its time, and an answer after that is not sent', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { clock, a, wire, deliver } = createPair(() => promise)
  const asked = a.ask('b', '?', 1_000)
  deliver()
  clock.advance(1_000)
  await expect(asked).rejects.toMatchObject({ code: 'ask_timeout' })
  resolve('late')
  await clock.advanceAsync(0)
  expect(wire).toEqual([])
  expect(clock.pending).toBe(0)
})

test('what waits for a node that is gone, or in a bus that closes, fails at once', async () => {
  const { clock, a } = createPair()
  const asked = [a.ask('b', '?', 1_000), a.ask('c', '?', 1_000)]
  a.gone('b')
  await expect(asked[0]).rejects.toMatchObject({ code: 'actor_dead' })
  a.close()
  await expect(asked[1]).rejects.toMatchObject({ code: 'closed' })
  await expect(a.ask('b', '?', 1_000)).rejects.toMatchObject({ code: 'closed' })
  expect(clock.pending).toBe(0)
})

test('without a link a question fails at once', async () => {
  const pair = createPair()
  pair.up = false
  await expect(pair.a.ask('b', '?', 1_000)).rejects.toMatchObject({ code: 'not_available' })
  expect(pair.clock.pending).toBe(0)
})

test('questions that wait are bounded', async () => {
  const { a } = createPair()
  const asked = Array.from({ length: 10_000 }, () => a.ask('b', '?', 1_000))
  await expect(a.ask('b', '?', 1_000)).rejects.toMatchObject({ code: 'capacity_exceeded' })
  a.close()
  const ends = await Promise.allSettled(asked)
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
})

test('bytes that are no message are refused, and harm nobody', async () => {
  const { a, b, wire, deliver, clock } = createPair(({ question }) => `to ${question}`)
  const asked = a.ask('b', 'me', 1_000)
  const [question] = wire
  const garbage = ['', '{}', '\xc1', '\x93\x01\x02', '\x95\x01\x01\xa1a\xa1b\xa1c'].map((text) =>
    Buffer.from(text, 'latin1'),
  )
  expect(garbage.map((bytes) => b.receive(bytes))).toEqual(garbage.map(() => false))
  expect(question?.to).toBe('b')
  deliver()
  await clock.advanceAsync(0)
  deliver()
  expect(await asked).toBe('to me')
})
