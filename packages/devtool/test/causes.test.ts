import { createEnd, formatEnd } from '@sluice/core'
import { expect, test } from 'vitest'
import { causesOf } from '../src/data/causes.ts'

test('an end is read as its causes, the one with which it began last', () => {
  const signal = createEnd('stopped', 'SIGTERM')
  const edge = createEnd('stopped', 'draining', 'edge 3', signal)
  const end = createEnd('context', '', 'connection 7f3a.2', edge)
  expect(causesOf(formatEnd(end))).toEqual([
    { actor: { behavior: 'connection', id: '7f3a.2' }, words: 'context ended' },
    { actor: { behavior: 'edge', id: '3' }, words: 'draining' },
    { actor: undefined, words: 'SIGTERM' },
  ])
})

test('what is said of an end may have colons and lines of its own', () => {
  expect(causesOf('game 1f: Error: no such card: 7\n    at play')).toEqual([
    { actor: { behavior: 'game', id: '1f' }, words: 'Error: no such card: 7\n    at play' },
  ])
  expect(causesOf('Error: lost 7: gone')).toEqual([
    { actor: undefined, words: 'Error: lost 7: gone' },
  ])
})
