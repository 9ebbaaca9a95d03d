// Below the views: the tabs of the behaviours that the node knows, with how many actors each has. Asked for rarely, and whenever
// one goes somewhere.

import type { JSX } from 'preact'
import type { List } from '../data/answers.ts'
import { printCount, printShort } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, everyNode, hrefFor, node, route } from '../data/state.ts'
import { type TabRow, tabs } from '../data/tabs.ts'

export function OwnTabs(): JSX.Element | null {
  const { view, id } = route.value
  // All nodes have the same configuration, or nearly.
  const asked = node.value === everyNode ? '' : node.value
  const { value } = usePoll(
    `tabs ${asked} ${view} ${id}`,
    async (signal) => {
      const list = await api.get<List<TabRow>>('/debug/view/tabs', { node: asked }, signal)
      tabs.value = list.rows
      return list
    },
    10_000,
  )
  if (value === undefined || value.rows.length === 0) return null
  return (
    <div class="own" role="group" aria-labelledby="own-tabs">
      <span id="own-tabs" class="over">
        Yours
      </span>
      {value.rows.map(({ behavior, title, live }) => (
        <a
          key={behavior}
          href={hrefFor({ view: 'tab', id: behavior })}
          aria-current={view === 'tab' && id === behavior ? 'page' : undefined}
        >
          <span class="title">{title}</span>
          {node.value !== everyNode && (
            <span class="count" title={`${printCount(live)} live`}>
              {printShort(live)}
            </span>
          )}
        </a>
      ))}
      {value.total > value.rows.length && (
        <span class="over">{printCount(value.total - value.rows.length)} more</span>
      )}
    </div>
  )
}
