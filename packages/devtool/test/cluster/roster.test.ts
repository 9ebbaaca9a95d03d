import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leavers, noted, type Roster } from '../../src/data/cluster/roster.ts'

const none: Roster = new Map()

function answer(nodes: string[], silent: string[] = []) {
  return { nodes: nodes.map((node) => ({ node, uid: node, view: {} })), refused: [], silent }
}

describe('the roster', () => {
  test('names who has left and since when, until it is back', () => {
    const all = noted(none, answer(['a', 'b', 'c']), 1_000)
    expect(leavers(all)).toEqual([])
    const silent = noted(all, answer(['a', 'b'], ['c']), 2_000)
    expect(leavers(silent)).toEqual([])
    const left = noted(silent, answer(['a', 'b']), 3_000)
    expect(leavers(noted(left, answer(['a']), 4_000))).toEqual([
      { name: 'b', at: 4_000 },
      { name: 'c', at: 3_000 },
    ])
    expect(leavers(noted(left, answer(['a', 'b', 'c']), 4_000))).toEqual([])
  })

  test('takes nobody for gone while nobody can be asked', () => {
    const all = noted(none, answer(['a', 'b']), 1_000)
    const cut = { ...answer(['a']), unreachable: 'the bus is down' }
    expect(leavers(noted(all, cut, 2_000))).toEqual([])
  })

  test('has everybody who was ever seen once, as a member or as one who has left', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
    fc.assert(
      fc.property(fc.array(fc.tuple(names, names)), (answers) => {
        let roster = none
        for (const [at, [nodes, silent]] of answers.entries()) {
          roster = noted(roster, answer(nodes, silent), at)
        }
        const [nodes = [], silent = []] = answers.at(-1) ?? []
        const ever = new Set(answers.flat(2))
        const last = new Set([...nodes, ...silent])
        expect(new Set(roster.keys())).toEqual(ever)
        expect(new Set(leavers(roster).map(({ name }) => name))).toEqual(ever.difference(last))
      }),
    )
  })
})
