// Flights that could have been: what each actor did, and what is known of it at the end.

import type { FlightRow, StateName } from '@sluice/core'
import * as fc from 'fast-check'
import type { Final } from '../../src/data/flight/states.ts'

export const row = (
  agoMs: number,
  actor: string,
  from: StateName,
  to: StateName,
  wait?: string,
): FlightRow => ({
  agoMs,
  actor,
  behavior: `b${actor}`,
  event: 'take',
  from,
  to,
  ...(wait !== undefined && { wait }),
})

export const final = (id: string, state: StateName, ms: number, ageMs = 1_000_000): Final => ({
  id,
  behavior: `b${id}`,
  state,
  ms,
  ageMs,
  ...(state === 'waiting' && { wait: { class: 'ask', target: '', ms } }),
})

/** A history that could have been: what each actor did, and when; all of it, and what the recorder still has of it. */
export interface History {
  readonly rows: readonly FlightRow[]
  readonly finals: readonly Final[]
  /** By actor, the state from each moment on, the oldest first; before the first it was not there. */
  readonly lives: ReadonlyMap<string, readonly Moment[]>
}

export interface Moment {
  readonly agoMs: number
  readonly state: StateName
  readonly wait: string
}

export const longest = 1_000
const after: Record<StateName, readonly StateName[]> = {
  idle: ['running', 'waiting', 'dead'],
  running: ['idle', 'waiting', 'dead'],
  waiting: ['running', 'idle', 'waiting', 'dead'],
  dead: [],
}

export const histories: fc.Arbitrary<History> = fc
  .record({
    births: fc.array(fc.integer({ min: 1, max: longest + 200 }), { minLength: 1, maxLength: 5 }),
    steps: fc.array(
      fc.record({ who: fc.nat(), to: fc.nat(), gap: fc.integer({ min: 1, max: 40 }) }),
      { maxLength: 60 },
    ),
  })
  .map(({ births, steps }) => {
    const lives = new Map<string, Moment[]>(
      births.map((agoMs, i) => [`${i}`, [{ agoMs, state: 'idle', wait: '' }]]),
    )
    const rows: FlightRow[] = []
    let agoMs = longest
    for (const { who, to, gap } of steps) {
      agoMs -= gap
      if (agoMs <= 0) break
      const id = `${who % births.length}`
      const life = lives.get(id)!
      const { state: from, agoMs: last } = life.at(-1)!
      const next = after[from][to % Math.max(1, after[from].length)]
      if (next === undefined || last <= agoMs) continue
      const wait = next === 'waiting' ? 'ask' : ''
      life.push({ agoMs, state: next, wait })
      rows.push(row(agoMs, id, from, next, wait === '' ? undefined : wait))
    }
    const finals = [...lives].flatMap(([id, life]) => {
      const { state, agoMs: ms } = life.at(-1)!
      return state === 'dead' ? [] : [final(id, state, ms, life[0]!.agoMs)]
    })
    return { rows, finals, lives }
  })
