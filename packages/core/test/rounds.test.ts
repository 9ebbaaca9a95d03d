import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../src/actor.ts'
import { Rounds } from '../src/rounds.ts'

describe('the run queue', () => {
  test('gives everybody back once, in order, and those of a later round later', () => {
    const steps = fc.array(fc.constantFrom('add' as const, 'take' as const), { maxLength: 200 })
    fc.assert(
      fc.property(steps, (ops) => {
        const rounds = new Rounds()
        const waiting: Actor[] = []
        const taken: unknown[] = []
        ops.forEach((op, n) => {
          const actor = { n } as unknown as Actor
          if (op === 'add') rounds.add(actor)
          if (op === 'add') waiting.push(actor)
          else taken.push([rounds.take(), waiting.shift()])
          expect(rounds.empty).toBe(waiting.length === 0)
        })
        expect(taken.every((pair) => (pair as Actor[])[0] === (pair as Actor[])[1])).toBe(true)
      }),
    )
  })

  test('keeps its order through a round that is much larger than the others', () => {
    const rounds = new Rounds()
    const actors = Array.from({ length: 20_000 }, (_, n) => ({ n }) as unknown as Actor)
    for (const size of [1, 20_000, 1, 2, 3, 20_000, 1, 1]) {
      for (const actor of actors.slice(0, size)) rounds.add(actor)
      const taken = Array.from({ length: size }, () => rounds.take())
      expect(taken).toEqual(actors.slice(0, size))
      expect([rounds.take(), rounds.empty]).toEqual([undefined, true])
    }
  })
})
