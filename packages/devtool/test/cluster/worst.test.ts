import type { LintResult } from '@sluice/core'
import { expect, test } from 'vitest'
import { mostWaitedOn, waitedOn, worstFirst } from '../../src/data/cluster/worst.ts'

const result = (lint: string, severity: LintResult['severity'], count: number): LintResult => ({
  lint,
  severity,
  count,
  summary: '',
  findings: [],
})

const found = (node: string, ...results: LintResult[]) => ({
  node,
  uid: node,
  view: { lints: { total: 1, listed: 1, results } },
})

const root = (id: string, all: number, ms = 1_000) => ({
  id,
  behavior: 'room',
  all,
  ms,
  words: '',
})

test('what is wrong with all nodes is told the worst first, each with its node', () => {
  const nodes = [
    found('one', result('slow-consumer', 'warning', 3), result('hot-site', 'hint', 900)),
    found('two', result('orphan', 'fault', 1), result('slow-consumer', 'warning', 40)),
    found('three'),
  ]
  expect(worstFirst(nodes).map(({ node, result: { lint } }) => `${node} ${lint}`)).toEqual([
    'two orphan',
    'two slow-consumer',
    'one slow-consumer',
    'one hot-site',
  ])
})

test('on whom most wait is told of all nodes together, and of each where it is', () => {
  const nodes = [
    { node: 'one', uid: 'one', view: { roots: [root('a', 5), root('b', 2)] } },
    { node: 'two', uid: 'two', view: { roots: [root('a', 9), root('c', 5, 2_000)] } },
  ]
  expect(mostWaitedOn(nodes, 3).map(({ node, root: { id } }) => `${node} ${id}`)).toEqual([
    'two a',
    'two c',
    'one a',
  ])
})

test('those on whom somebody waits are counted also where they are not told', () => {
  const nodes = [
    { node: 'one', uid: 'one', view: { rootCount: 12 } },
    { node: 'two', uid: 'two', view: { rootCount: 1 } },
  ]
  expect([waitedOn(nodes), waitedOn([])]).toEqual([13, 0])
})
