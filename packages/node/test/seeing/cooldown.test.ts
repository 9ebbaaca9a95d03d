import { describe, expect, test } from 'vitest'
import { Cooldown } from '../../src/seeing/cooldown.ts'

describe('a cooldown', () => {
  test('passes a name once, and again when the time is over', () => {
    const cooldown = new Cooldown()
    const passed = [0, 1, 99, 100, 150, 200].filter((now) => cooldown.pass('a', now, 100))
    expect(passed).toEqual([0, 100, 200])
  })

  test('is each name’s own', () => {
    const cooldown = new Cooldown()
    expect(['a', 'b', 'a'].map((name) => cooldown.pass(name, 0, 100))).toEqual([true, true, false])
  })

  test('of nothing never holds', () => {
    const cooldown = new Cooldown()
    expect([0, 0].map((now) => cooldown.pass('a', now, 0))).toEqual([true, true])
  })

  test('remembers only so many names, and forgets the one that passed longest ago', () => {
    const cooldown = new Cooldown(2)
    cooldown.pass('a', 0, 100)
    cooldown.pass('b', 0, 100)
    cooldown.pass('a', 100, 100)
    cooldown.pass('c', 100, 100)
    expect(['a', 'c', 'b'].map((name) => cooldown.pass(name, 101, 1_000))).toEqual([
      false,
      false,
      true,
    ])
  })
})
