// One dump: why it was taken, what is wrong in it, what there is most of.

import {
  blockedActors,
  type Dump,
  lintDump,
  printActors,
  printBlocked,
  printGroups,
  printMs,
  printWaitGraph,
  waitGraph,
} from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { printCount } from '../../data/format.ts'
import { stalledActor } from '../../data/flight/stalled.ts'
import { FlightLine } from '../flight/line.tsx'
import { Lints } from '../lints.tsx'
import { Stack } from '../stack.tsx'

const forms = ['groups', 'blocked', 'actors', 'flight'] as const

interface DumpReportProps {
  readonly name: string
  readonly dump: Dump
  /** Its contents are shown when they are asked for. */
  readonly folded: boolean
  readonly close: () => void
}

export function DumpReport({ name, dump, folded, close }: DumpReportProps): JSX.Element {
  const [shown, setShown] = useState(!folded)
  return (
    <section class="card stack">
      <div class="row">
        <h2 class="grow mono">{name}</h2>
        <button type="button" onClick={close} aria-label={`Close ${name}`}>
          ✕
        </button>
      </div>
      {folded ? (
        <details onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
          <summary>{about(dump)}</summary>
          {shown && <Contents dump={dump} />}
        </details>
      ) : (
        <>
          <p class="quiet">{about(dump)}</p>
          <Contents dump={dump} />
        </>
      )}
    </section>
  )
}

function about({ reason, node, takenAt, uptimeMs, total, tookMs }: Dump): string {
  return [
    takenAt,
    node && `${node.name}, process ${node.pid} on ${node.host}, ${node.version}`,
    reason && `${reason.trigger}${reason.detail === undefined ? '' : `: ${reason.detail}`}`,
    `up ${printMs(uptimeMs)}`,
    `${printCount(total)} actors`,
    `the loop was held for ${tookMs.toFixed(1)} ms`,
  ]
    .filter(Boolean)
    .join(' · ')
}

function Contents({ dump }: { dump: Dump }): JSX.Element {
  const stalled = useMemo(() => stalledActor(dump), [dump])
  // What led to a stall is in what was before it.
  const [form, setForm] = useState<(typeof forms)[number]>(
    dump.reason?.trigger === 'stall' && dump.flight !== undefined ? 'flight' : 'groups',
  )
  const lints = useMemo(() => lintDump(dump), [dump])
  const { error, stack, flight = [], actors } = dump
  return (
    <div class="stack">
      {error !== undefined && <pre class="mono bad">{error}</pre>}
      {stack !== undefined && (
        <>
          <h3>The loop was stuck here</h3>
          <Stack frames={stack} />
        </>
      )}
      <Lints report={lints} />
      <div class="row" role="group" aria-label="What is shown of it">
        {forms.map((one) => (
          <button key={one} type="button" aria-pressed={one === form} onClick={() => setForm(one)}>
            {one}
          </button>
        ))}
      </div>
      {form === 'flight' ? (
        <FlightLine rows={flight} finals={actors} focus={stalled} end="the dump" />
      ) : (
        <pre class="mono text" tabIndex={0}>
          {textOf(dump, form)}
        </pre>
      )}
    </div>
  )
}

const mostText = 400_000

function textOf(dump: Dump, form: Exclude<(typeof forms)[number], 'flight'>): string {
  const text =
    form === 'groups'
      ? printGroups(dump)
      : form === 'actors'
        ? printActors({ ...dump, actors: dump.actors.slice(0, 1_000) })
        : [...printBlocked(blockedActors(dump)), '', ...printWaitGraph(waitGraph(dump))].join('\n')
  return text.length <= mostText
    ? text
    : `${text.slice(0, mostText)}\n… cut here; sluice dump prints all of it`
}
