import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { suggest } from '../src/suggest.ts'

const known = [
  'presence',
  'joinLeave',
  'history',
  'recover',
  'position',
  'port',
  'host',
  'adminPort',
]

test.each([
  ['presense', 'presence'],
  ['histroy', 'history'],
  ['recovery', 'recover'],
  ['join_leave', 'joinLeave'],
  ['join-leave', 'joinLeave'],
  ['PORT', 'port'],
  ['admin_prot', 'adminPort'],
  ['prt', 'port'],
])('%s was meant to be %s', (word, meant) => {
  expect(suggest(word, known)).toBe(meant)
})

test.each(['tls', 'x', '', 'presentation', 'pong'])('%j was meant to be nothing known', (word) => {
  expect(suggest(word, known)).toBeUndefined()
})

test('a known name is its own nearest', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), (word) => {
      expect(suggest(word, known)).toBe(word)
    }),
  )
})

test('one slip of the hand in a long name is always understood', () => {
  const slips = fc.record({
    word: fc.constantFrom('presence', 'joinLeave', 'adminPort'),
    at: fc.nat({ max: 7 }),
    letter: fc.constantFrom('q', 'z', 'k'),
    kind: fc.constantFrom('insert', 'drop', 'replace', 'swap'),
  })
  fc.assert(
    fc.property(slips, ({ word, at, letter, kind }) => {
      const [before, here, next, after] = [
        word.slice(0, at),
        word[at]!,
        word[at + 1] ?? '',
        word.slice(at + 2),
      ]
      const typed = {
        insert: before + letter + here + next + after,
        drop: before + next + after,
        replace: before + letter + next + after,
        swap: before + next + here + after,
      }[kind]
      expect(suggest(typed, known)).toBe(word)
    }),
  )
})
