import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AskingOptions, Askings } from '../src/data/askings.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Question {
  key: string
  signal: AbortSignal
  answer: () => void
  fail: (error: Error) => void
}

const need = (key: string): { key: string } => ({ key })

function start(options: Partial<AskingOptions> = {}) {
  const asked: Question[] = []
  const failures: unknown[] = []
  const askings = new Askings<{ key: string }>(
    ({ key }, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => reject(new Error('aborted')))
      asked.push({ key, signal, answer: resolve, fail: reject })
      return promise
    },
    (error) => failures.push(error),
    { everyMs: 1_000, afterMs: 50, ...options },
  )
  return { askings, asked, failures, keys: () => asked.map(({ key }) => key).join('') }
}

describe('what is in sight', () => {
  test('is asked for when it has stayed for a while, and again after each answer', async () => {
    const { askings, asked, keys } = start()
    askings.want([need('a')])
    await vi.advanceTimersByTimeAsync(49)
    expect(keys()).toBe('')
    await vi.advanceTimersByTimeAsync(1)
    expect(keys()).toBe('a')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(keys()).toBe('a')
    asked[0]!.answer()
    await vi.advanceTimersByTimeAsync(999)
    expect(keys()).toBe('a')
    await vi.advanceTimersByTimeAsync(1)
    expect(keys()).toBe('aa')
  })

  test('and passed by at once is not asked for', async () => {
    const { askings, keys } = start()
    for (const key of 'abcdef') {
      askings.want([need(key)])
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(100)
    expect(keys()).toBe('f')
  })

  test('is asked for a few at a time, whoever waits longest first', async () => {
    const { askings, asked, keys } = start({ most: 2 })
    askings.want(['a', 'b', 'c', 'd'].map(need))
    await vi.advanceTimersByTimeAsync(50)
    expect(keys()).toBe('ab')
    asked[0]!.answer()
    await vi.advanceTimersByTimeAsync(0)
    expect(keys()).toBe('abc')
    asked[1]!.answer()
    asked[2]!.answer()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(keys()).toBe('abcda')
  })

  test('is asked for no more when it is out of sight, and its question taken back', async () => {
    const { askings, asked, failures, keys } = start({ most: 1 })
    askings.want([need('a'), need('b')])
    await vi.advanceTimersByTimeAsync(50)
    askings.want([need('b')])
    expect(asked[0]!.signal.aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(0)
    expect([keys(), failures]).toEqual(['ab', []])
    askings.stop()
    expect(asked[1]!.signal.aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(keys()).toBe('ab')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is asked for less often while there is no answer', async () => {
    const { askings, asked, failures, keys } = start()
    askings.want([need('a')])
    await vi.advanceTimersByTimeAsync(50)
    asked[0]!.fail(new Error('no answer'))
    await vi.advanceTimersByTimeAsync(1_999)
    expect(keys()).toBe('a')
    await vi.advanceTimersByTimeAsync(1)
    expect(keys()).toBe('aa')
    expect(failures).toEqual([new Error('no answer')])
  })

  test('is asked for as rarely as is wanted, but not so rarely that nobody notices it is back', async () => {
    const { askings, asked, keys } = start({ everyMs: 3_600_000 })
    askings.want([need('a')])
    await vi.advanceTimersByTimeAsync(50)
    asked[0]!.answer()
    await vi.advanceTimersByTimeAsync(3_599_999)
    expect(keys()).toBe('a')
    await vi.advanceTimersByTimeAsync(1)
    expect(keys()).toBe('aa')
    asked[1]!.fail(new Error('no answer'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(keys()).toBe('aaa')
  })

  test('is not asked for while nobody looks', async () => {
    let awake = false
    const { askings, keys } = start({ awake: () => awake })
    askings.want([need('a')])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(keys()).toBe('')
    awake = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(keys()).toBe('a')
    askings.stop()
  })

  test('is asked for at once when that is wanted', async () => {
    const { askings, asked, keys } = start()
    askings.want([need('a')])
    askings.again()
    expect(keys()).toBe('a')
    asked[0]!.answer()
    await vi.advanceTimersByTimeAsync(0)
    askings.again()
    expect(keys()).toBe('aa')
  })
})
