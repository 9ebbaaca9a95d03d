import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ref } from '../../../src/behavior.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { open, type Run } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'

test('around an actor are itself, all below it and who waits on it, and nobody else', async () => {
  const tree = fc.array(fc.record({ parent: fc.nat(20), waitsOn: fc.option(fc.nat(20)) }), {
    minLength: 1,
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(tree, fc.nat(20), async (given, chosen) => {
      const { system, settle } = createWorld()
      const refs: Ref<Run>[] = []
      const parents: (number | undefined)[] = []
      for (const [at, { parent }] of given.entries()) {
        const owner = parent % (at + 1)
        parents.push(owner === at ? undefined : owner)
        if (owner === at) refs.push(system.spawn(open()))
        else refs[owner]!.tell((self) => void refs.push(self.spawn(open())))
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await settle()
      }
      for (const [at, { waitsOn }] of given.entries()) {
        const target = waitsOn === null ? undefined : refs[waitsOn % refs.length]
        if (target !== undefined) refs[at]!.tell((self) => self.wait('ask', target, never()))
      }
      await settle()
      const center = chosen % refs.length
      const isBelow = (at: number): boolean => {
        for (let up: number | undefined = at; up !== undefined; up = parents[up]) {
          if (up === center) return true
        }
        return false
      }
      const expected = refs.filter((_, at) => {
        const { waitsOn } = given[at]!
        return isBelow(at) || (waitsOn !== null && waitsOn % refs.length === center)
      })
      const { actors } = takeDump(system, { filter: { around: refs[center]!.id } })
      expect(actors.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
    }),
  )
})

test('around nobody is nobody', () => {
  const { system } = createWorld()
  system.spawn(open())
  for (const around of ['ffff', '0.1', 'x', '']) {
    expect(takeDump(system, { filter: { around } }).actors).toEqual([])
  }
})
