// Who was in the cluster since the page was opened, and has left: when a dead node's lease is over, no other node names it any
// more. Pure.

import type { Reached } from '../answers.ts'

/** By name, for a node that starts again is the same to whoever looks: undefined for a member, else when it was missed. */
export type Roster = ReadonlyMap<string, number | undefined>

/** The roster after an answer of all nodes; one that reached nobody else tells of nobody else. */
export function noted(roster: Roster, answer: Reached<unknown>, now: number): Roster {
  if (answer.unreachable !== undefined) return roster
  const members = [...answer.nodes, ...answer.refused].map(({ node }) => node)
  const here = new Set([...members, ...answer.silent])
  const known = [...roster].map(
    ([name, left]) => [name, here.has(name) ? undefined : (left ?? now)] as const,
  )
  return new Map([...known, ...[...here].map((name) => [name, undefined] as const)])
}

/** Those that have left, the last one first. */
export function leavers(roster: Roster): { name: string; at: number }[] {
  return [...roster]
    .flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
    .toSorted((a, b) => b.at - a.at)
}
