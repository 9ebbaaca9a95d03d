import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Owners } from '../src/owners.ts'

it('whatever is owned and given up: one owner at a time, and no token twice', () => {
  const action = fc.record({
    type: fc.constantFrom('own', 'disown', 'release'),
    name: fc.constantFrom('x', 'y'),
    holder: fc.constantFrom('a', 'b', 'c'),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const owners = new Owners<string>()
      const held = new Map<string, { holder: string; token: number }>()
      let last = 0
      const answers: unknown[] = []
      const expected: unknown[] = []
      for (const { type, name, holder } of actions) {
        if (type === 'own') {
          const owned = held.get(name) ?? { holder, token: ++last }
          held.set(name, owned)
          expected.push(owned)
          answers.push(owners.own(name, holder))
          continue
        }
        if (type === 'disown') owners.disown(name, holder)
        else owners.release(holder)
        for (const [one, owned] of held) {
          if (owned.holder === holder && (type === 'release' || one === name)) held.delete(one)
        }
      }
      expect(answers).toEqual(expected)
    }),
  )
})

it('of the tokens of a name only the newest is accepted, also when nobody owns it any more', () => {
  const owners = new Owners<string>()
  const first = owners.own('x', 'a').token
  owners.check('x', first)
  owners.disown('x', 'a')
  const second = owners.own('x', 'b').token
  expect(() => owners.check('x', first)).toThrow('[owner_fenced]')
  owners.check('x', second)
  owners.release('b')
  expect(() => owners.check('x', first)).toThrow('[owner_fenced]')
  owners.check('never owned', first)
})

it('however many names are made and given up, the latest 10,000 are remembered, and those that are owned', () => {
  const owners = new Owners<string>()
  const give = (name: string): number => {
    const { token } = owners.own(name, 'a')
    owners.disown(name, 'a')
    return token
  }
  const kept = owners.own('kept', 'b').token
  const former = give('x')
  for (let i = 1; i < 10_000; i++) give(`other ${i}`)
  expect(() => owners.check('x', former - 1)).toThrow('[owner_fenced]')
  give('one more')
  owners.check('x', former - 1)
  expect(() => owners.check('kept', kept - 1)).toThrow('[owner_fenced]')
})
