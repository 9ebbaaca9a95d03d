import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRoute, printRoute, viewNames } from '../src/data/route.ts'

describe('a route', () => {
  test('is read from what it was printed as', () => {
    const route = fc.record({
      view: fc.constantFrom(...viewNames, 'actor' as const, 'room' as const, 'tab' as const),
      id: fc.string(),
      query: fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })),
    })
    fc.assert(
      fc.property(route, (given) => {
        expect(parseRoute(printRoute(given))).toEqual({ ...given, query: { ...given.query } })
      }),
    )
  })

  test('is the overview where there is none, or none that is known', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#/%E0%A4%A']) {
      expect(parseRoute(hash).view).toBe('overview')
    }
  })

  test('leaves out what is not asked for', () => {
    expect(printRoute({ view: 'tree', query: { node: '' } })).toBe('#/tree')
  })
})
