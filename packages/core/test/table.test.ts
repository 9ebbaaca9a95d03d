import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { State } from '../src/lifecycle.ts'
import { noRow, Table, waitClasses, waitCode } from '../src/table.ts'

/** Columns that are not of one row, that outlive it, or that mean nothing without another one. */
const unset = [
  'population',
  'top',
  'current',
  'generation',
  'serial',
  'waitGeneration',
  'graceUntil',
]

function kill(table: Table, row: number): void {
  table.population[table.state[row]!]!--
  table.population[State.dead]!++
  table.state[row] = State.dead
  table.release(row)
}

describe('the actor table', () => {
  test('gives out rows in order, and used ones first', () => {
    const table = new Table({ maxActors: 8 })
    const rows = [1, 2, 3].map((n) => table.claim(n, noRow, 0, 0))
    expect(rows).toEqual([0, 1, 2])
    kill(table, 1)
    expect(table.claim(9, 0, 0, 5)).toBe(1)
    expect(table.generation[1]).toBe(1)
    expect(table.claim(9, 0, 0, 5)).toBe(3)
  })

  test('hands over a used row as if it were new', () => {
    const table = new Table({ maxActors: 1 })
    const columns = Object.entries(table).filter(
      ([name, column]) => ArrayBuffer.isView(column) && !unset.includes(name),
    ) as [string, Uint8Array][]
    const row = table.claim(1, noRow, 2, 3)
    const fresh = columns.map(([name, column]) => [name, column[row]])
    for (const [, column] of columns) column[row] = 7
    table.state[row] = State.idle
    kill(table, row)
    table.claim(1, noRow, 2, 3)
    expect(columns.map(([name, column]) => [name, column[row]])).toEqual(fresh)
  })

  test('says too_many_actors when it is full, and takes one again after a death', () => {
    const table = new Table({ maxActors: 2 })
    table.claim(0, noRow, 0, 0)
    table.claim(0, noRow, 0, 0)
    expect(() => table.claim(0, noRow, 0, 0)).toThrow('[too_many_actors] the table holds 2 actors')
    expect(table.live).toBe(2)
    kill(table, 0)
    expect(table.claim(0, noRow, 0, 0)).toBe(0)
  })

  test('refuses a size that rows cannot be counted in', () => {
    for (const maxActors of [0, -1, 1.5, Number.NaN, 2 ** 24 + 1]) {
      expect(() => new Table({ maxActors })).toThrow('[option_invalid] maxActors')
    }
  })

  test('has a code for every wait class, and 0 for none', () => {
    expect(waitCode.none).toBe(0)
    expect(waitClasses.map((name) => waitCode[name])).toEqual(waitClasses.map((_, code) => code))
  })

  test('lets another thread see the same bytes', () => {
    const table = new Table({ maxActors: 4 })
    expect(table.buffers.every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true)
  })

  test('knows a stale reference from a good one, whatever was claimed and released', () => {
    const steps = fc.array(fc.oneof(fc.constant('claim' as const), fc.nat({ max: 20 })))
    fc.assert(
      fc.property(steps, (ops) => {
        const table = new Table({ maxActors: 6 })
        const live: [row: number, generation: number][] = []
        const stale: [row: number, generation: number][] = []
        for (const op of ops) {
          if (op === 'claim') {
            if (live.length === 6) continue
            const row = table.claim(0, noRow, 0, 0)
            live.push([row, table.generation[row]!])
          } else {
            const [gone] = live.splice(op % Math.max(1, live.length), 1)
            if (gone === undefined) continue
            kill(table, gone[0])
            stale.push(gone)
          }
          expect(table.live).toBe(live.length)
          expect(live.every(([row, generation]) => table.holds(row, generation))).toBe(true)
          expect(stale.some(([row, generation]) => table.holds(row, generation))).toBe(false)
          expect(new Set(live.map(([row]) => row)).size).toBe(live.length)
        }
      }),
    )
  })
})
