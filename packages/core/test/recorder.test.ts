import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Event, State } from '../src/lifecycle.ts'
import { Recorder } from '../src/recorder.ts'
import { waitCode } from '../src/table.ts'

/** Writes "row took a message at `at`", after that row's entry `before`. */
function write(recorder: Recorder, row: number, generation: number, before: number, at: number) {
  return recorder.write(
    row,
    generation,
    0,
    before,
    Event.take,
    State.idle,
    State.running,
    waitCode.none,
    at,
  )
}

describe('the flight recorder', () => {
  test('keeps the steps of an actor in words, the newest last', () => {
    const recorder = new Recorder({ recorderSize: 16 })
    const first = write(recorder, 3, 1, 0, 10)
    write(recorder, 4, 0, 0, 11)
    const second = recorder.write(
      3,
      1,
      0,
      first,
      Event.wait,
      State.running,
      State.waiting,
      waitCode.ask,
      12,
    )
    expect(recorder.trail(3, 1, second)).toEqual([
      { at: 10, event: 'take', from: 'idle', to: 'running', wait: 'none' },
      { at: 12, event: 'wait', from: 'running', to: 'waiting', wait: 'ask' },
    ])
  })

  test('rounds its size up to a power of two', () => {
    expect(new Recorder({ recorderSize: 1_000 }).capacity).toBe(1_024)
    expect(new Recorder({ recorderSize: 1 }).capacity).toBe(2)
  })

  test('gives no more steps than asked for', () => {
    const recorder = new Recorder({ recorderSize: 64 })
    let last = 0
    for (let at = 0; at < 20; at++) last = write(recorder, 1, 0, last, at)
    expect(recorder.trail(1, 0, last).map((step) => step.at)).toEqual([
      12, 13, 14, 15, 16, 17, 18, 19,
    ])
    expect(recorder.trail(1, 0, last, 2).map((step) => step.at)).toEqual([18, 19])
  })

  test('of no size keeps nothing', () => {
    const recorder = new Recorder({ recorderSize: 0 })
    expect(write(recorder, 1, 0, 0, 1)).toBe(0)
    expect(recorder.head[0]).toBe(0)
    expect(recorder.trail(1, 0, 0)).toEqual([])
  })

  test('goes on when its sequence number passes 2^32', () => {
    const recorder = new Recorder({ recorderSize: 8 })
    recorder.head[0] = 2 ** 32 - 3
    let last = 0
    const sequences = [1, 2, 3, 4].map((at) => (last = write(recorder, 1, 0, last, at)))
    expect(sequences).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 1, 2])
    expect(recorder.trail(1, 0, last).map((step) => step.at)).toEqual([1, 2, 3, 4])
  })

  test('takes nobody else for the one whose number came up again', () => {
    const recorder = new Recorder({ recorderSize: 8 })
    const mine = write(recorder, 1, 0, 0, 1)
    // 2^32 transitions later.
    recorder.head[0] = 0
    const other = write(recorder, 1, 1, 0, 2)
    expect(other).toBe(mine)
    expect(recorder.trail(1, 0, mine)).toEqual([])
    expect(recorder.trail(1, 1, other)).toHaveLength(1)
  })

  test('cuts the trail of an overwritten actor, and never mixes it with another tenant of its row', () => {
    const step = fc.record({ row: fc.nat({ max: 2 }), dies: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(2, 4, 8), (steps, size) => {
        const recorder = new Recorder({ recorderSize: size })
        const tenants = [0, 1, 2].map(() => ({ generation: 0, last: 0, wrote: [] as number[] }))
        steps.forEach(({ row, dies }, at) => {
          const tenant = tenants[row]!
          if (dies) {
            tenants[row] = { generation: tenant.generation + 1, last: 0, wrote: [] }
          } else {
            tenant.last = write(recorder, row, tenant.generation, tenant.last, at)
            tenant.wrote.push(at)
          }
        })
        const newest = steps.flatMap(({ dies }, at) => (dies ? [] : [at])).slice(-size)
        tenants.forEach(({ generation, last, wrote }, row) => {
          const kept = wrote.filter((at) => newest.includes(at)).slice(-8)
          expect(recorder.trail(row, generation, last).map(({ at }) => at)).toEqual(kept)
        })
      }),
    )
  })
})
