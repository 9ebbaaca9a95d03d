import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGlob } from '../src/glob.ts'

describe('a room pattern', () => {
  it('agrees with the regular expression it stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 })
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name)
        expect(createGlob(pattern)(name)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes no other character for more than itself', () => {
    for (const pattern of ['a.c', 'a?c', '[abc]', '{a,b}', 'a\\*', '^a', 'a$', '(a)']) {
      expect(createGlob(pattern)(pattern)).toBe(true)
    }
    expect(createGlob('a.c')('abc')).toBe(false)
    expect(createGlob('a?c')('abc')).toBe(false)
    expect(createGlob('[abc]')('a')).toBe(false)
  })

  it('does not let its beginning and its end overlap', () => {
    expect(createGlob('ab*ba')('aba')).toBe(false)
    expect(createGlob('ab*ba')('abba')).toBe(true)
  })

  it('answers at once where backtracking would take for ever', () => {
    const name = 'a'.repeat(20_000)
    expect(createGlob(`${'*a'.repeat(2_000)}*b`)(name)).toBe(false)
    expect(createGlob(`${'*a'.repeat(2_000)}*`)(name)).toBe(true)
  })
})
