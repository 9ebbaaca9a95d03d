// What the nodes that answered are together. Pure.

import type { NodeFacts } from '../answers.ts'

export interface Sums {
  readonly nodes: number
  readonly connections: number
  readonly rooms: number
  readonly idle: number
  readonly running: number
  readonly waiting: number
  readonly orphans: number
  readonly unknownEnds: number
  readonly restarts: number
  readonly heapBytes: number
  readonly rssBytes: number
}

export function sumOf(facts: readonly NodeFacts[]): Sums {
  const sum = (read: (one: NodeFacts) => number): number =>
    facts.reduce((total, one) => total + read(one), 0)
  return {
    nodes: facts.length,
    connections: sum(({ connections }) => connections),
    rooms: sum(({ rooms }) => rooms),
    idle: sum(({ actors }) => actors.idle),
    running: sum(({ actors }) => actors.running),
    waiting: sum(({ actors }) => actors.waiting),
    orphans: sum(({ orphans }) => orphans),
    unknownEnds: sum(({ unknownEnds }) => unknownEnds),
    restarts: sum(({ restarts }) => restarts),
    heapBytes: sum(({ heapBytes }) => heapBytes),
    rssBytes: sum(({ rssBytes }) => rssBytes),
  }
}
