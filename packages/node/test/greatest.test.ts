import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { greatest } from '../src/greatest.ts'

test('the greatest of any list are those that sorting would put first, equals in their order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), id: fc.nat() })),
      fc.integer({ min: 1, max: 12 }),
      (items, limit) => {
        const sorted = items.toSorted((a, b) => b.key - a.key).slice(0, limit)
        expect(greatest(items, limit, ({ key }) => key)).toEqual(sorted)
      },
    ),
  )
})
