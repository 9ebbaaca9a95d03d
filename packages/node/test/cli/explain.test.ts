import { expect, test } from 'vitest'
import { printNodeLints } from '../../src/cli/explain.ts'
import type { NodeLints } from '../../src/inspect/lints.ts'

const root = (id: string) => ({
  id,
  behavior: 'room',
  all: 7,
  ms: 1_000,
  words: `7 actors wait on room ${id}`,
})

function lintsOf(roots: NodeLints['roots'], rootCount: number): NodeLints {
  return {
    node: 'one',
    lints: { total: 9, listed: 9, results: [] },
    roots,
    rootCount,
    cycleCount: 0,
    blocked: {
      of: 9,
      count: 0,
      families: { network: 0, message: 0, contention: 0, other: 0 },
    },
    figures: {},
  }
}

test('what is wrong with a node names on whom most wait, and how many others there are', () => {
  expect(printNodeLints('one', lintsOf([root('a'), root('b')], 12))).toEqual([
    ['── node one ──', 'nothing found'],
    ['7 actors wait on room a', '7 actors wait on room b', '10 others waited on'],
  ])
  expect(printNodeLints('one', lintsOf([root('a')], 1))[1]).toEqual(['7 actors wait on room a'])
  expect(printNodeLints('one', lintsOf([root('a')], 2))[1]).toContain('1 other waited on')
})
