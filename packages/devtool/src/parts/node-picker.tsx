// Which node is looked at. Those that do not answer are there too, by name.

import type { JSX } from 'preact'
import { askNodes } from '../data/cluster/members.ts'
import { usePoll } from '../data/poll.ts'
import { everyNode, node, refine } from '../data/state.ts'

export function NodePicker(): JSX.Element {
  const { value } = usePoll('nodes', askNodes, 5_000)
  const names = value?.nodes.map(({ node: name }) => name) ?? []
  const silent = value?.silent ?? []
  const gone = value !== undefined && !['', everyNode, ...names, ...silent].includes(node.value)
  return (
    <label class="row">
      <span class="visually-hidden">Node</span>
      <select
        value={node.value}
        onChange={({ currentTarget }) => refine({ node: currentTarget.value })}
      >
        <option value="">this node</option>
        {(names.length > 1 || node.value === everyNode) && (
          <option value={everyNode}>the whole cluster</option>
        )}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {silent.map((name) => (
          <option key={name} value={name} disabled>
            {name} (silent)
          </option>
        ))}
        {gone && (
          <option value={node.value} disabled>
            {node.value} (no member)
          </option>
        )}
      </select>
    </label>
  )
}
