import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdempotencyKeys } from '../src/idempotency.ts'

function create(maxKeys: number): { keys: IdempotencyKeys; forgotten: number[] } {
  const forgotten: number[] = []
  return { keys: new IdempotencyKeys(maxKeys, (count) => forgotten.push(count)), forgotten }
}

describe('idempotency keys', () => {
  it('a key is known until its time, exactly, and its outcome may be no position', () => {
    const { keys } = create(10)
    keys.remember('room', 'k', undefined, 100, 0)
    expect(keys.find('room', 'k', 99)).toEqual({ position: undefined, expiresAt: 100 })
    expect(keys.find('room', 'k', 100)).toBeUndefined()
  })

  it('room and key are never mistaken for another pair', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (room, key, room2, key2) => {
        fc.pre(room !== room2 || key !== key2)
        const { keys } = create(10)
        keys.remember(room, key, undefined, 100, 0)
        expect(keys.find(room2, key2, 0)).toBeUndefined()
      }),
    )
    const { keys } = create(10)
    keys.remember('ab', 'c', undefined, 100, 0)
    expect(keys.find('a', 'bc', 0)).toBeUndefined()
  })

  it('within the bound nothing is forgotten early, beyond it the newest half counts, and that is told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(200), (maxKeys, count) => {
        const { keys, forgotten } = create(maxKeys)
        for (let i = 0; i < count; i++) keys.remember('room', `${i}`, undefined, 1_000, i)
        const half = Math.floor(maxKeys / 2)
        expect(keys.size).toBeLessThanOrEqual(maxKeys)
        for (let i = Math.max(0, count - half); i < count; i++) {
          expect(keys.find('room', `${i}`, count)).toBeDefined()
        }
        const told = forgotten.reduce((sum, one) => sum + one, 0)
        expect(told).toBe(count - keys.size)
        expect(told === 0).toBe(count <= half * 2)
      }),
    )
  })

  it('expired keys are freed by sweeps, whatever their times', () => {
    const { keys, forgotten } = create(1_000)
    keys.remember('room', 'long', undefined, 5_000, 0)
    for (let now = 0; now < 4_000; now += 10) {
      keys.remember('room', `${now}`, undefined, 100, now)
      keys.sweep(now)
    }
    expect(keys.find('room', 'long', 4_999)).toBeDefined()
    keys.sweep(5_000)
    keys.sweep(5_000)
    keys.sweep(5_000)
    expect(keys.size).toBe(0)
    expect(forgotten).toEqual([])
  })

  it('a steady stream of keys holds about twice what still counts', () => {
    const { keys, forgotten } = create(100_000)
    for (let now = 0; now < 50_000; now += 10) {
      keys.remember('room', `${now}`, undefined, 1_000, now)
      if (now % 100 === 0) keys.sweep(now)
      expect(keys.size).toBeLessThanOrEqual(250)
    }
    expect(forgotten).toEqual([])
  })
})
