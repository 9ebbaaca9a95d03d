// The first look: what is wrong, and how the node has been since the page was opened.

import { lintDefaults } from '@sluice/core'
import type { JSX } from 'preact'
import { useExplanation } from '../data/explanation.ts'
import { type Figures, remember, samplesOf } from '../data/figures.ts'
import { printBytes, printCount, printLag, printShort } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { drawn } from '../data/series.ts'
import { api, node } from '../data/state.ts'
import { Chart } from '../parts/chart.tsx'
import { Lints } from '../parts/lints.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { type Total, Totals } from '../parts/totals.tsx'

export function OverviewView(): JSX.Element {
  const name = node.value
  const { value, problem } = usePoll(`figures ${name}`, async (signal) => {
    const figures = await api.get<Figures>('/debug/view/figures', { node: name }, signal)
    remember(name, figures, Date.now())
    return figures
  })
  const explained = useExplanation(['lints'], 5_000)
  return (
    <>
      <div class="row">
        <h1>{value === undefined ? 'Overview' : String(value['name'])}</h1>
        {value && <span class="quiet">{String(value['version'])}</span>}
      </div>
      <Asked value={value} problem={problem} />
      {value && value['ready'] !== 'yes' && (
        <Notice kind="bad">Not ready: {String(value['ready'])}.</Notice>
      )}
      {problem === undefined && explained.problem !== undefined && (
        <Notice kind="bad">What is wrong is not told: {explained.problem}.</Notice>
      )}
      {explained.value && <Lints report={explained.value.lints} />}
      {value && <Now figures={value} />}
      {(value || samplesOf(name).length > 0) && <Charts name={name} />}
    </>
  )
}

const { books, booksShare } = lintDefaults

function Now({ figures }: { figures: Figures }): JSX.Element {
  const count = (name: string): number => Number(figures[name] ?? 0)
  const total = (label: string, name: string, odd = false): Total => ({
    label,
    text: printCount(count(name)),
    odd,
  })
  // A few come and go in between.
  const gap = Math.abs(count('connections') - count('sockets'))
  return (
    <Totals
      totals={[
        total('actors', 'actors'),
        total('waiting', 'actors_waiting'),
        total('sockets', 'sockets'),
        total('connections', 'connections', gap >= books && gap >= booksShare * count('sockets')),
        total('rooms', 'rooms'),
        total('blocked sockets', 'blocked', count('blocked') > 0),
        { label: 'queued', text: printBytes(count('queue_bytes')) },
        total('orphans', 'orphans', count('orphans') > 0),
        total('unknown ends', 'ends_unknown', count('ends_unknown') > 0),
        total('restarts', 'restarts'),
      ]}
    />
  )
}

const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`

function Charts({ name }: { name: string }): JSX.Element {
  const { at, line, rate } = drawn(samplesOf(name))
  const collecting = rate('share of time', 'accent', 'gc_seconds')
  return (
    <div class="cards charts">
      <Chart
        title="Actors by state"
        at={at}
        stacked
        broad
        height={120}
        print={printShort}
        lines={[
          line('waiting', 'waiting', 'actors_waiting'),
          line('running', 'running', 'actors_running'),
          line('idle', 'idle', 'actors_idle'),
        ]}
      />
      <Chart
        title="Connection actors against sockets"
        at={at}
        print={printShort}
        lines={[
          line('sockets', 'accent', 'sockets'),
          line('connections', 'waiting', 'connections'),
        ]}
      />
      <Chart
        title="Deliveries a second"
        at={at}
        print={printShort}
        lines={[
          rate('deliveries', 'accent', 'deliveries'),
          rate('messages handled', 'running', 'handled'),
        ]}
      />
      <Chart
        title="What holds the loop"
        at={at}
        print={printLag}
        lines={[
          line('lag p99', 'accent', 'loop_lag_p99_ms'),
          line('lag max', 'bad', 'loop_lag_max_ms'),
          line('longest GC pause', 'dead', 'gc_pause_max_ms'),
        ]}
      />
      <Chart
        title="Collecting garbage"
        at={at}
        print={percent}
        least={5}
        lines={[{ ...collecting, values: collecting.values.map((share) => share && share * 100) }]}
      />
      <Chart
        title="Memory"
        at={at}
        bytes
        least={1_048_576}
        print={printBytes}
        lines={[line('rss', 'accent', 'rss_bytes'), line('heap', 'running', 'heap_used_bytes')]}
      />
      <Chart
        title="Allocated a second"
        at={at}
        bytes
        least={1_048_576}
        print={printBytes}
        lines={[rate('allocated', 'accent', 'allocated_bytes')]}
      />
    </div>
  )
}
