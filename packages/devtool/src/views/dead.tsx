// The last dead: what each died of, and what it did before. The one that is chosen has its whole chain of causes beside the list.

import { printMs, type TombstoneRow } from '@sluice/core'
import type { JSX } from 'preact'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor, node, refine, route } from '../data/state.ts'
import { Causes } from '../parts/causes.tsx'
import { LastSteps } from '../parts/actor/last-steps.tsx'
import { Choice } from '../parts/choice.tsx'
import { figure } from '../parts/figure.tsx'
import { Asked } from '../parts/notice.tsx'
import { Search } from '../parts/search.tsx'
import { ActorLink } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import '../style/dead.css'

export function DeadView(): JSX.Element {
  const { search = '', code = '', behavior = '', tomb = '' } = route.value.query
  const { value, problem } = usePoll(
    'dead',
    (signal) => askedDump(api, node.value, { limit: 1 }, signal),
    2_000,
  )
  const tombstones = value?.tombstones ?? []
  const rows = tombstones.filter(
    (one) =>
      (code === '' || one.code === code) &&
      (behavior === '' || one.behavior === behavior) &&
      fits(one, search),
  )
  const chosen = rows.find(({ id }) => id === tomb) ?? rows[0]
  return (
    <>
      <div class="row filters">
        <h1>The dead</h1>
        <Search placeholder="search id, behaviour, end" />
        <Choice
          label="Behaviour"
          name="behavior"
          value={behavior}
          values={['', ...new Set(tombstones.map((one) => one.behavior).toSorted())]}
          none="all"
        />
      </div>
      <Asked value={value} problem={problem} />
      {tombstones.length > 0 && <Codes ends={value!.ends} chosen={code} />}
      {tombstones.length > 0 && (
        <p class="quiet" style={{ margin: 0 }}>
          {printCount(rows.length)} of the last {printCount(tombstones.length)}.
        </p>
      )}
      {value && (
        <div class="dead">
          <Table
            label="The dead"
            columns={columnsFor(chosen?.id)}
            rows={rows}
            keyOf={({ id }) => id}
            href={({ id }) => hrefFor({ view: 'dead', query: { ...route.value.query, tomb: id } })}
            empty={tombstones.length === 0 ? 'nobody has died yet' : 'none of them'}
          />
          {chosen && <Grave tombstone={chosen} />}
        </div>
      )}
    </>
  )
}

/** How often each end came since the start; a click leaves only those. */
function Codes({ ends, chosen }: { ends: Record<string, number>; chosen: string }): JSX.Element {
  const known = Object.entries(ends).filter(([code, count]) => count > 0 || code === chosen)
  return (
    <div class="row" role="group" aria-label="Ends since the start">
      {known.map(([code, count]) => (
        <button
          key={code}
          type="button"
          class={code === 'unknown' ? 'small danger' : 'small'}
          aria-pressed={code === chosen}
          onClick={() => refine({ code: code === chosen ? '' : code })}
        >
          {code} {printCount(count)}
        </button>
      ))}
      <span class="quiet">ends since the start</span>
    </div>
  )
}

function Grave({ tombstone }: { tombstone: TombstoneRow }): JSX.Element {
  const { id, behavior, label, code, end, agoMs, livedMs, handled, restarts, parent, trail } =
    tombstone
  return (
    <section class="card stack" aria-label="What it died of">
      <div class="row">
        <h2>
          {behavior} <ActorLink id={id} />
        </h2>
        <span class="state dead">{code}</span>
        <span class="quiet">{label}</span>
      </div>
      <p>
        {printMs(agoMs)} ago, having lived {printMs(livedMs)}, handled {printCount(handled)}{' '}
        messages
        {restarts > 0 && ` and restarted ${printCount(restarts)} times`}
        {parent !== undefined && (
          <>
            , below <ActorLink id={parent} />
          </>
        )}
        .
      </p>
      <h3>Why</h3>
      <Causes end={end} />
      <h3>Its last steps</h3>
      <LastSteps trail={trail} words />
    </section>
  )
}

function fits({ id, behavior, label, end }: TombstoneRow, search: string): boolean {
  return (
    search === '' ||
    `${id} ${behavior} ${label} ${end}`.toLowerCase().includes(search.toLowerCase())
  )
}

const idColumn = (chosen: string | undefined): Column<TombstoneRow> => ({
  title: 'Id',
  width: '4.5rem',
  cell: ({ id }) => (
    <span class="mono">
      {id}
      {id === chosen && ' ▸'}
    </span>
  ),
})

const columnsFor = (chosen: string | undefined): Column<TombstoneRow>[] => [
  idColumn(chosen),
  {
    title: 'Behaviour',
    width: 'minmax(6.5rem, 1fr)',
    cell: ({ behavior }) => behavior,
    by: ({ behavior }) => behavior,
  },
  {
    title: 'Code',
    width: '6.5rem',
    cell: ({ code }) => <span class="state dead">{code}</span>,
    by: ({ code }) => code,
  },
  figure('Ago', '4.5rem', ({ agoMs }) => agoMs, printMs),
  figure('Lived', '4.5rem', ({ livedMs }) => livedMs, printMs),
  { title: 'Last steps', width: '6.5rem', cell: ({ trail }) => <LastSteps trail={trail} /> },
  {
    title: 'Its end',
    width: 'minmax(8rem, 2fr)',
    cell: ({ end }) => <span title={end}>{end}</span>,
  },
]
