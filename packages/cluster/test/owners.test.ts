import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Owners } from '../src/owners.ts'

it('whatever is owned and given up: one owner at a time, no token twice, and only the newest is accepted', () => {
  const action = fc.record({
    type: fc.constantFrom('own', 'disown', 'release'),
    name: fc.constantFrom('x', 'y'),
    holder: fc.constantFrom('a', 'b', 'c'),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const owners = new Owners<string>()
      const held = new Map<string, { holder: string; token: number }>()
      const newest = new Map<string, number>()
      let last = 0
      for (const { type, name, holder } of actions) {
        if (type === 'own') {
          const owned = owners.own(name, holder)
          const before = held.get(name)
          if (before === undefined) {
            expect(owned.holder).toBe(holder)
            expect(owned.token).toBeGreaterThan(last)
            last = owned.token
            const stale = newest.get(name)
            if (stale !== undefined) expect(() => owners.check(name, stale)).toThrow('owner_fenced')
            newest.set(name, last)
            held.set(name, owned)
          } else expect(owned).toEqual(before)
          owners.check(name, owned.token)
        } else {
          if (type === 'disown') owners.disown(name, holder)
          else owners.release(holder)
          for (const [one, owned] of held) {
            if (owned.holder === holder && (type === 'release' || one === name)) held.delete(one)
          }
        }
      }
    }),
  )
})
