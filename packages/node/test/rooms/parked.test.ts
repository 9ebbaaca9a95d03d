import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createParked } from '../../src/rooms/parked.ts'
import { framesOf } from '../support/outlet.ts'

const bytesOf = (messages: readonly string[]): number =>
  messages.reduce((sum, message) => sum + message.length, 0)

/** A message that can be told from all others. */
const message = fc.record({
  size: fc.integer({ min: 6, max: 60 }),
  key: fc.constantFrom('', 'a', 'b', 'c', 'd'),
  room: fc.oneof(fc.constant(Infinity), fc.integer({ min: -50, max: 300 })),
})
const stream = fc.array(message, { minLength: 1, maxLength: 60 })
const limit = fc.integer({ min: 1, max: 400 })

describe('drop-oldest', () => {
  test('keeps the newest that fit, in order, and counts the others', () => {
    fc.assert(
      fc.property(stream, limit, (messages, maxBytes) => {
        const counter = { dropped: 0 }
        const parked = createParked({ policy: 'drop-oldest', maxBytes, maxAgeMs: 500 }, counter)
        let model: string[] = []
        for (const [i, { size, key, room }] of messages.entries()) {
          const text = `${i} `.padEnd(size, '.')
          parked.add(text, key, room)
          model.push(text)
          while (model.length > 1 && bytesOf(model) > Math.min(maxBytes, room)) {
            model = model.slice(1)
          }
          expect(parked.bytes).toBe(bytesOf(model))
          expect(counter.dropped + model.length).toBe(i + 1)
        }
        expect(framesOf(parked.frames()).flatMap((text) => text.split('\n'))).toEqual(model)
        parked.discard()
        expect(counter.dropped).toBe(messages.length)
      }),
    )
  })

  test('holds as little after a million messages as after a thousand', () => {
    const counter = { dropped: 0 }
    const parked = createParked({ policy: 'drop-oldest', maxBytes: 1_000, maxAgeMs: 500 }, counter)
    for (let i = 0; i < 1_000_000; i++) parked.add(`${i % 10}`.repeat(10), '', Infinity)
    expect(parked.bytes).toBe(1_000)
    expect(counter.dropped).toBe(1_000_000 - 100)
    expect(parked.frames().length).toBeLessThan(1_200)
  })
})

describe('latest', () => {
  test('keeps the newest of each key, in the order of the last change, and counts the others', () => {
    fc.assert(
      fc.property(stream, limit, (messages, maxBytes) => {
        const counter = { dropped: 0 }
        const parked = createParked({ policy: 'latest', maxBytes, maxAgeMs: 500 }, counter)
        let model: { key: string; text: string }[] = []
        const size = () => bytesOf(model.map(({ text }) => text))
        for (const [i, { size: length, key, room }] of messages.entries()) {
          const text = `${i} `.padEnd(length, '.')
          parked.add(text, key, room)
          model = [...model.filter((each) => each.key !== key), { key, text }]
          while (model.length > 1 && size() > Math.min(maxBytes, room)) model = model.slice(1)
          expect(parked.bytes).toBe(size())
          expect(counter.dropped + model.length).toBe(i + 1)
        }
        const texts = framesOf(parked.frames()).flatMap((text) => text.split('\n'))
        expect(texts).toEqual(model.map(({ text }) => text))
        parked.discard()
        expect(counter.dropped).toBe(messages.length)
      }),
    )
  })

  test('is bounded also when publishers make up a key for each message', () => {
    const counter = { dropped: 0 }
    const parked = createParked({ policy: 'latest', maxBytes: 1_000, maxAgeMs: 500 }, counter)
    for (let i = 0; i < 100_000; i++) parked.add('x'.repeat(10), `key ${i}`, Infinity)
    expect(parked.bytes).toBe(1_000)
    expect(counter.dropped).toBe(100_000 - 100)
  })
})
