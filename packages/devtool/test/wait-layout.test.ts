import type { WaitEdge } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { layOutWaits } from '../src/data/wait-layout.ts'

function wait(from: string, to: string, more: Partial<WaitEdge> = {}): WaitEdge {
  const [fromBehavior = '', toBehavior = ''] = [from, to].map((name) => name.replace(/\d+$/, ''))
  return { from, fromBehavior, to, toBehavior, class: 'ask', ms: 1_000, behind: 0, ...more }
}

function layOut(...edges: WaitEdge[]) {
  return layOutWaits({ edges, roots: [] }, 800)
}

describe('the picture of waits', () => {
  test('puts who is waited on left of those who wait', () => {
    const { spots } = layOut(wait('clerk1', 'auditor1'), wait('picker1', 'clerk1'))
    const byX = spots.toSorted((a, b) => a.x - b.x).map(({ id }) => id)
    expect(byX).toEqual(['auditor1', 'clerk1', 'picker1'])
  })

  test('draws many that are alike as one spot with their number', () => {
    const edges = Array.from({ length: 40 }, (_, i) => wait(`picker${i}`, 'clerk1'))
    const { spots, arrows } = layOut(...edges, wait('boss1', 'clerk1'))
    expect(spots.map(({ behavior, count }) => [behavior, count])).toEqual([
      ['clerk', 1],
      ['picker', 40],
      ['boss', 1],
    ])
    expect(arrows).toHaveLength(2)
  })

  test('leads the last arrow of a circle back to where it began', () => {
    const cycle = { cycle: true as const }
    const { arrows, spots } = layOut(
      wait('a1', 'b1', cycle),
      wait('b1', 'c1', cycle),
      wait('c1', 'a1', cycle),
    )
    expect(spots.map(({ color }) => color)).toEqual(['bad', 'bad', 'bad'])
    expect(arrows.map(({ from, to, back }) => [from.id, to.id, back])).toEqual([
      ['a1', 'b1', true],
      ['c1', 'a1', false],
      ['b1', 'c1', false],
    ])
  })

  test('takes an actor that waits on itself', () => {
    const { arrows } = layOut(wait('a1', 'a1', { cycle: true }))
    expect(arrows.map(({ from, to, back }) => [from.id, to.id, back])).toEqual([['a1', 'a1', true]])
  })

  test('keeps every spot inside', () => {
    const edges = Array.from({ length: 30 }, (_, i) => wait(`worker${i}`, `queue${i % 7}`))
    const { spots, width, height } = layOut(...edges)
    expect(spots.filter(({ x, y }) => x < 0 || y < 0 || x > width || y > height)).toEqual([])
  })
})
