import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Clock, ManualClock } from '../src/clock.ts'
import { type Timer, Wheel } from '../src/wheel.ts'
import { LateClock } from './late-clock.ts'

const day = 86_400_000
const nothing = (): void => {}

// The model is a list: who waits until when. Every sequence of operations, also from within callbacks, on wheels of
// all ages (the number of the tick passes 2^30, 2^31 and 2^32), must run the same timers at the right time.

type Op =
  | { do: 'add'; ms: number; then: Op[] }
  | { do: 'reset'; timer: number; ms: number; then?: never }
  | { do: 'cancel'; timer: number; then?: never }
  | { do: 'throw'; then?: never }

const ms = fc.oneof(
  fc.double({ min: 0, max: 40, noNaN: true }),
  fc.integer({ min: 0, max: 400 }),
  fc.double({ min: 0, max: 60_000, noNaN: true }),
  fc.integer({ min: 0, max: 100 * day }),
)
const timerIndex = fc.nat({ max: 30 })
const simpleOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), ms, then: fc.constant<Op[]>([]) }),
  fc.record({ do: fc.constant('reset' as const), timer: timerIndex, ms }),
  fc.record({ do: fc.constant('cancel' as const), timer: timerIndex }),
  fc.record({ do: fc.constant('throw' as const) }),
)
const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 3, arbitrary: simpleOp },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      ms,
      then: fc.array(simpleOp, { maxLength: 3 }),
    }),
  },
)
const scenario = fc.record({
  resolutionMs: fc.constantFrom(1, 5, 0.7, 16),
  age: fc.constantFrom(0, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 33 + 2 ** 25),
  before: ms,
  steps: fc.array(fc.record({ ops: fc.array(anyOp, { maxLength: 8 }), advanceMs: ms }), {
    maxLength: 12,
  }),
})

interface Expected {
  timer: Timer
  /** Undefined while it rests. */
  deadline: number | undefined
}

class Model {
  readonly all: Expected[] = []
  readonly runs: { at: number; deadline: number }[] = []
  readonly problems: string[] = []
  readonly wheel: Wheel
  readonly #clock: Clock

  constructor(wheel: Wheel, clock: Clock) {
    this.wheel = wheel
    this.#clock = clock
  }

  apply(op: Op): void {
    const now = this.#clock.now()
    switch (op.do) {
      case 'add': {
        const { then } = op
        const entry = { deadline: now + op.ms } as Expected
        entry.timer = this.wheel.add(op.ms, (mine) => this.#ran(mine, then), entry, now)
        this.all.push(entry)
        break
      }
      case 'reset': {
        const entry = this.all[op.timer]
        if (entry === undefined) break
        this.wheel.reset(entry.timer, op.ms, now)
        entry.deadline = now + op.ms
        break
      }
      case 'cancel': {
        const entry = this.all[op.timer]
        if (entry === undefined) break
        this.wheel.cancel(entry.timer)
        entry.deadline = undefined
        break
      }
      case 'throw':
        throw new Error('a callback may')
    }
  }

  get waiting(): Expected[] {
    return this.all.filter(({ deadline }) => deadline !== undefined)
  }

  #ran(entry: Expected, then: Op[]): void {
    const at = this.#clock.now()
    const { deadline } = entry
    if (deadline === undefined) return void this.problems.push('ran while it rested')
    if (deadline > at) this.problems.push(`ran ${deadline - at} early`)
    this.runs.push({ at, deadline })
    entry.deadline = undefined
    // What it does, it does once: a timer that restarts itself for ever would make the days ahead very long.
    for (const op of then.splice(0)) this.apply(op)
  }
}

function applyOutside(model: Model, ops: Op[]): void {
  for (const op of ops) if (op.do !== 'throw') model.apply(structuredClone(op))
}

describe('against a list', () => {
  test('on time, the same timers run: none early, none late, none lost, none after its cancel', () => {
    fc.assert(
      fc.property(scenario, ({ resolutionMs, age, before, steps }) => {
        const clock = new ManualClock({ nowMs: Math.max(0, age * resolutionMs - before) })
        const model = new Model(new Wheel(clock, resolutionMs, nothing), clock)
        for (const { ops, advanceMs } of steps) {
          applyOutside(model, ops)
          clock.advance(advanceMs)
          // Beyond the resolution, what floating point makes of a division at that age.
          const latest = resolutionMs * (1 + 1e-6) + clock.now() * 1e-15
          for (const { at, deadline } of model.runs.splice(0)) {
            expect(at - deadline).toBeLessThanOrEqual(latest)
          }
          for (const { deadline } of model.waiting) {
            expect(deadline).toBeGreaterThan(clock.now() - latest)
          }
          expect(model.problems).toEqual([])
          expect(model.wheel.size).toBe(model.waiting.length)
          expect(model.all.filter(({ timer }) => timer.waiting)).toEqual(model.waiting)
          expect(clock.pending).toBe(model.waiting.length > 0 ? 1 : 0)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('on a host that is late, what was due a tick earlier runs earlier, whatever the slices', () => {
    fc.assert(
      fc.property(scenario, fc.boolean(), ({ resolutionMs, steps }, slow) => {
        const clock = new LateClock()
        const model = new Model(new Wheel(clock, resolutionMs, nothing, 5), clock)
        for (const { ops, advanceMs } of steps) {
          applyOutside(model, ops)
          if (slow) clock.lookMs = 6
          clock.jump(advanceMs)
          while (clock.turn());
          clock.lookMs = 0
          let latest = 0
          for (const { deadline } of model.runs.splice(0)) {
            expect(deadline).toBeGreaterThan(latest - resolutionMs * (1 + 1e-6))
            latest = Math.max(latest, deadline)
          }
          expect(model.problems).toEqual([])
          expect(model.all.filter(({ timer }) => timer.waiting)).toEqual(model.waiting)
        }
      }),
      { numRuns: 400 },
    )
  })
})
