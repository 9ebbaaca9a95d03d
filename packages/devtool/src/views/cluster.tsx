// The first look at the whole cluster: sums of all nodes that answer, and how they have been since the page was opened.

import type { JSX } from 'preact'
import type { NodesAnswer } from '../data/answers.ts'
import { remember, samplesOf } from '../data/figures.ts'
import { printBytes, printShort } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { drawn } from '../data/series.ts'
import { api, everyNode, hrefFor } from '../data/state.ts'
import { sumOf } from '../data/sums.ts'
import { Chart } from '../parts/chart.tsx'
import { ClusterSums } from '../parts/cluster-sums.tsx'
import { Asked } from '../parts/notice.tsx'

export function ClusterView(): JSX.Element {
  const { value, problem } = usePoll(
    'cluster',
    async (signal) => {
      const answer = await api.get<NodesAnswer>('/debug/nodes', {}, signal)
      remember(everyNode, { ...sumOf(answer.nodes.map(({ view }) => view)) }, Date.now())
      return answer
    },
    2_000,
  )
  return (
    <>
      <div class="row">
        <h1>The whole cluster</h1>
        {value?.nodes.map(({ node }) => (
          <a key={node} href={hrefFor({ view: 'overview', query: { node } })}>
            {node}
          </a>
        ))}
      </div>
      <Asked value={value} problem={problem} />
      {value && <ClusterSums answer={value} />}
      <Charts />
    </>
  )
}

function Charts(): JSX.Element {
  const { at, line } = drawn(samplesOf(everyNode))
  return (
    <div class="cards charts">
      <Chart
        title="Actors by state"
        at={at}
        stacked
        print={printShort}
        lines={[
          line('waiting', 'waiting', 'waiting'),
          line('running', 'running', 'running'),
          line('idle', 'idle', 'idle'),
        ]}
      />
      <Chart
        title="Connections"
        at={at}
        print={printShort}
        lines={[line('connections', 'accent', 'connections')]}
      />
      <Chart
        title="Memory"
        at={at}
        bytes
        least={1_048_576}
        print={printBytes}
        lines={[line('rss', 'accent', 'rssBytes'), line('heap', 'running', 'heapBytes')]}
      />
    </div>
  )
}
