// All nodes beside each other, figure by figure, so that the odd one is seen at once. Each bar is a share of the greatest in its
// column; odd is what is far from the median of the others.

import type { JSX } from 'preact'
import type { NodeLints, Reached } from '../../data/answers.ts'
import { printBytes, printCount, printLag } from '../../data/format.ts'
import { type Odd, oddAt, type OddRule } from '../../data/cluster/odd.ts'
import { hrefFor } from '../../data/state.ts'
import { type Column, Table } from '../table.tsx'

type Nodes = Reached<NodeLints>['nodes']

interface Figure {
  readonly title: string
  /** As in `/debug/vars`. */
  readonly name: string
  readonly rule: OddRule
  readonly print: (value: number) => string
  /** There should be none, whatever the others have. */
  readonly never?: boolean
}

const figures: readonly Figure[] = [
  { title: 'Lag p99', name: 'loop_lag_p99_ms', rule: { least: 20 }, print: printLag },
  { title: 'GC pause', name: 'gc_pause_max_ms', rule: { least: 50 }, print: printLag },
  { title: 'Waiting', name: 'actors_waiting', rule: { least: 10 }, print: printCount },
  { title: 'Orphans', name: 'orphans', rule: { least: 1 }, print: printCount, never: true },
  { title: 'Blocked sockets', name: 'blocked', rule: { least: 3 }, print: printCount },
  { title: 'Queued', name: 'queue_bytes', rule: { least: 4_194_304 }, print: printBytes },
  { title: 'Sockets', name: 'sockets', rule: { least: 200, both: true }, print: printCount },
  { title: 'Actors', name: 'actors', rule: { least: 1_000 }, print: printCount },
  {
    title: 'Memory',
    name: 'rss_bytes',
    rule: { least: 268_435_456, factor: 2 },
    print: printBytes,
  },
]

export function NodeFigures({ nodes }: { nodes: Nodes }): JSX.Element {
  const strange = figures.flatMap((figure) => oddOnes(nodes, figure))
  return (
    <>
      <p class={strange.length === 0 ? 'quiet' : ''} style={{ margin: 0 }}>
        {nodes.length < 2
          ? 'One node: there is none to compare it with.'
          : strange.length === 0
            ? 'No node is unlike the others.'
            : `Unlike the others: ${strange.join('; ')}.`}
      </p>
      <Table
        label="Nodes beside each other"
        columns={[nameColumn, ...figures.map((figure) => columnOf(nodes, figure))]}
        rows={nodes}
        keyOf={({ uid }) => uid}
        href={({ node }) => hrefFor({ view: 'overview', query: { node } })}
      />
    </>
  )
}

const nameColumn: Column<Nodes[number]> = {
  title: 'Node',
  width: 'minmax(7rem, 1fr)',
  cell: ({ node, view }) => {
    const ready = String(view.figures['ready'])
    return ready === 'yes' ? node : <span class="bad">{`${node}, not ready: ${ready}`}</span>
  },
  by: ({ node }) => node,
}

function valueOf({ view }: Nodes[number], { name }: Figure): number {
  return Number(view.figures[name] ?? 0)
}

function oddOf(nodes: Nodes, at: number, figure: Figure): Odd | undefined {
  return oddAt(
    nodes.map((one) => valueOf(one, figure)),
    at,
    figure.rule,
  )
}

function columnOf(nodes: Nodes, figure: Figure): Column<Nodes[number]> {
  const most = Math.max(...nodes.map((one) => valueOf(one, figure)))
  return {
    title: figure.title,
    width: `minmax(${Math.max(5, figure.title.length * 0.5)}rem, 1fr)`,
    right: true,
    by: (row) => valueOf(row, figure),
    cell: (row) => {
      const value = valueOf(row, figure)
      const odd = oddOf(nodes, nodes.indexOf(row), figure)
      const bad = odd !== undefined || (figure.never === true && value > 0)
      return (
        <span
          class={bad ? 'measure odd' : 'measure'}
          title={odd && `${timesOf(odd)}: ${figure.print(odd.median)}`}
        >
          {bad && '▲ '}
          {figure.print(value)}
          <i style={{ width: `${most === 0 ? 0 : (value / most) * 100}%` }} />
        </span>
      )
    },
  }
}

/** `beta: Lag p99 120 ms, 40 times the others (3 ms)` */
function oddOnes(nodes: Nodes, figure: Figure): string[] {
  return nodes.flatMap((one, at) => {
    const odd = oddOf(nodes, at, figure)
    if (odd === undefined) return []
    const { title, print } = figure
    return [
      `${one.node}: ${title} ${print(valueOf(one, figure))}, ${timesOf(odd)} (${print(odd.median)})`,
    ]
  })
}

function timesOf({ times, median }: Odd): string {
  if (median === 0) return 'where the others have none'
  return times < 1
    ? `${(times * 100).toFixed(0)} % of the others`
    : `${times.toFixed(times < 10 ? 1 : 0)} times the others`
}
