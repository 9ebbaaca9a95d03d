// What is wrong with several nodes, the worst first, each with its node. Pure.

import type { LintResult } from '@sluice/core'
import type { NodeLints, Reached } from '../answers.ts'

export interface FoundOn {
  readonly node: string
  readonly result: LintResult
}

const ranks = { fault: 0, warning: 1, hint: 2 }

/** Faults before warnings before hints; among equals the lint that has found most, each node's after the other. */
export function worstFirst(nodes: Reached<Pick<NodeLints, 'lints'>>['nodes']): FoundOn[] {
  return nodes
    .flatMap(({ node, view }) => view.lints.results.map((result) => ({ node, result })))
    .toSorted(
      (a, b) =>
        ranks[a.result.severity] - ranks[b.result.severity] || b.result.count - a.result.count,
    )
}

export interface HolderOn {
  readonly node: string
  readonly root: NodeLints['roots'][number]
}

/** On whom most wait, wherever they are; so many of them. */
export function mostWaitedOn(
  nodes: Reached<Pick<NodeLints, 'roots'>>['nodes'],
  limit: number,
): HolderOn[] {
  return nodes
    .flatMap(({ node, view }) => view.roots.map((root) => ({ node, root })))
    .toSorted((a, b) => b.root.all - a.root.all || b.root.ms - a.root.ms)
    .slice(0, limit)
}

/** On how many somebody waits, whether they are told or not. */
export function waitedOn(nodes: Reached<Pick<NodeLints, 'rootCount'>>['nodes']): number {
  return nodes.reduce((sum, { view }) => sum + view.rootCount, 0)
}
