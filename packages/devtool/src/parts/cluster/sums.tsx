// What the nodes that answered are together.

import type { JSX } from 'preact'
import type { NodesAnswer } from '../../data/answers.ts'
import { printBytes, printCount } from '../../data/format.ts'
import { sumOf } from '../../data/cluster/sums.ts'
import { Totals } from '../totals.tsx'

export function ClusterSums({ answer }: { answer: NodesAnswer }): JSX.Element {
  const sums = sumOf(answer.nodes.map(({ view }) => view))
  const { idle, running, waiting, orphans, unknownEnds } = sums
  return (
    <Totals
      totals={[
        { label: 'nodes', text: printCount(sums.nodes) },
        { label: 'connections', text: printCount(sums.connections) },
        { label: 'rooms, by node', text: printCount(sums.rooms) },
        { label: 'actors', text: printCount(idle + running + waiting) },
        { label: 'waiting', text: printCount(waiting) },
        { label: 'orphans', text: printCount(orphans), odd: orphans > 0 },
        { label: 'unknown ends', text: printCount(unknownEnds), odd: unknownEnds > 0 },
        { label: 'restarts', text: printCount(sums.restarts) },
        { label: 'memory', text: printBytes(sums.rssBytes) },
      ]}
    />
  )
}
