import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fold,
  nameOf,
  printCount,
  printDoing,
  printNumber,
  printRange,
  printShare,
  rangeOf,
  visible,
} from '../../src/inspect/phrases.ts'
import { row, waiting } from './rows.ts'

test('actors are named by what they are, which one, and what people call it, cut short', () => {
  expect(nameOf(row('3f'))).toBe('connection 3f')
  expect(nameOf(row('3f', { label: 'user 42' }))).toBe('connection 3f user 42')
  const long = nameOf(row('3f', { label: 'x'.repeat(200) }))
  expect(long).toBe(`connection 3f ${'x'.repeat(59)}…`)
})

test('what an actor does is said with its wait', () => {
  expect(printDoing(row('1', { state: 'running', ms: 12_000 }))).toBe('running, 12 s')
  expect(printDoing(waiting('1', { target: 'room', actor: '3f', ms: 5_000 }))).toBe(
    'waiting: ask room 3f, 5 s',
  )
  expect(printDoing(waiting('1', { class: 'promise', ms: 20 }))).toBe('waiting: promise, 20 ms')
})

test('figures are written for people', () => {
  expect([0, 999, 1_000, 47_321, 1_234_567, -1_000, 0.125, 1e21].map(printNumber)).toEqual([
    '0',
    '999',
    '1,000',
    '47,321',
    '1,234,567',
    '-1,000',
    '0.13',
    '1e+21',
  ])
  expect([printCount(1, 'actor'), printCount(2, 'child', 'children')]).toEqual([
    '1 actor',
    '2 children',
  ])
  expect(printRange(rangeOf([3, 1, 2]), printNumber)).toBe('1 … 3')
  expect(printRange(rangeOf([7, 7]), printNumber)).toBe('7')
})

test('a share is none or all only when it is', () => {
  const shares: [number, number][] = [
    [0, 0],
    [0, 9],
    [1, 1_000],
    [1, 3],
    [999, 1_000],
    [9, 9],
  ]
  expect(shares.map(([part, of]) => printShare(part, of))).toEqual([
    '0 %',
    '0 %',
    '< 1 %',
    '33 %',
    '99 %',
    '100 %',
  ])
})

test('lines are no longer than the width, lose no word, and keep a figure with its unit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$|^\d{1,4} (ms|s|min|h|%)$/), { minLength: 1 }),
      fc.integer({ min: 30, max: 80 }),
      (words, width) => {
        const lines = fold(words.join(' '), '    ', width)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
        expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '))
        for (const line of lines.slice(1)) expect(line).toMatch(/^ {8}[a-z0-9]/)
      },
    ),
  )
  expect(fold('gone 12 s ago, 100 % of it', '', 12)).toEqual([
    'gone 12 s',
    '    ago,',
    '    100 % of',
    '    it',
  ])
})

test('nothing in a line moves a cursor, colours, or turns the direction of writing', () => {
  expect(visible('a\u001b[31mb\nc\u202ed')).toBe('a\\u001b[31mb\\u000ac\\u202ed')
  expect(fold('user \u001b[2J')).toEqual(['user \\u001b[2J'])
  expect(visible('Zoë 🙂 日本')).toBe('Zoë 🙂 日本')
})
