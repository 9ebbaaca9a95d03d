// The first look at the whole cluster, at three in the morning: what is wrong, and where; who holds up most; which node is odd;
// who is silent. Then the sums, and how they have been since the page was opened.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { remember, samplesOf } from '../data/figures.ts'
import { printBytes, printCount, printShort } from '../data/format.ts'
import { askNodes } from '../data/cluster/members.ts'
import { type LintsAnswer, useNodeLints } from '../data/cluster/node-lints.ts'
import { usePoll } from '../data/poll.ts'
import { drawn } from '../data/series.ts'
import { everyNode, hrefFor } from '../data/state.ts'
import { sumOf } from '../data/cluster/sums.ts'
import { mostWaitedOn, waitedOn, worstFirst } from '../data/cluster/worst.ts'
import { Chart } from '../parts/chart.tsx'
import { ClusterSums } from '../parts/cluster/sums.tsx'
import { Lint } from '../parts/lints.tsx'
import { NodeFigures } from '../parts/cluster/node-figures.tsx'
import { Left } from '../parts/cluster/left.tsx'
import { Missing } from '../parts/cluster/missing.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { ActorLink } from '../parts/state.tsx'

export function ClusterView(): JSX.Element {
  const sums = usePoll(
    'cluster',
    async (signal) => {
      const answer = await askNodes(signal)
      remember(everyNode, { ...sumOf(answer.nodes.map(({ view }) => view)) }, Date.now())
      return answer
    },
    2_000,
  )
  const { value, problem } = useNodeLints()
  return (
    <>
      <h1>The whole cluster</h1>
      <Asked value={value} problem={problem} />
      {value && <Missing answer={value} />}
      <Left />
      {value && value.nodes.length === 0 && <Notice>No node tells what is wrong with it.</Notice>}
      {value && value.nodes.length > 0 && (
        <>
          <Found answer={value} />
          <Holders answer={value} />
          <NodeFigures nodes={value.nodes} />
        </>
      )}
      {sums.value && <ClusterSums answer={sums.value} />}
      <Charts />
    </>
  )
}

function Found({ answer: { nodes } }: { answer: LintsAnswer }): JSX.Element {
  const found = worstFirst(nodes)
  const cut = nodes.filter(({ view: { lints } }) => lints.listed < lints.total)
  return (
    <section aria-label="What is wrong" class="lints">
      {found.length === 0 && (
        <Notice kind="good">
          No lint has found anything on{' '}
          {nodes.length === 1 ? 'the one node' : `${nodes.length} nodes`}.
        </Notice>
      )}
      {found.map(({ node, result }) => (
        <Lint key={`${node} ${result.lint}`} result={result} on={node} />
      ))}
      {cut.map(({ node, view: { lints } }) => (
        <p key={node} class="quiet" style={{ margin: 0 }}>
          {node}: looked at {printCount(lints.listed)} of {printCount(lints.total)} actors.
        </p>
      ))}
    </section>
  )
}

/** Of all nodes together. */
const mostHolders = 5

function Holders({ answer: { nodes } }: { answer: LintsAnswer }): JSX.Element | null {
  const holders = mostWaitedOn(nodes, mostHolders)
  if (holders.length === 0) return null
  const more = waitedOn(nodes) - holders.length
  return (
    <section class="card">
      <h2>On whom most wait</h2>
      <ul class="plain">
        {holders.map(({ node, root: { id, words, ms } }) => (
          <li key={`${node} ${id}`}>
            <a class="place" href={hrefFor({ view: 'overview', query: { node } })}>
              {node}
            </a>{' '}
            {words}, the longest for {printMs(ms)}{' '}
            <ActorLink id={id} on={node}>
              look at it
            </ActorLink>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="quiet">
          and {printCount(more)} more: see <a href={hrefFor({ view: 'blocked' })}>who is blocked</a>
        </p>
      )}
    </section>
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
