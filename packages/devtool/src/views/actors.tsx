// Actors as a list: searched, filtered, the busiest first; all of them, a page at a time as one scrolls.

import { type ActorRow, type Dump, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Query } from '../data/api.ts'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { useInSight } from '../data/in-sight.ts'
import { type Pages, pagesIn, pageSize, rowAt, unread, withPage } from '../data/pages.ts'
import { useSettled } from '../data/settled.ts'
import { api, hrefFor, node, refine, route } from '../data/state.ts'
import { Choice } from '../parts/choice.tsx'
import { figure } from '../parts/figure.tsx'
import { Asked } from '../parts/notice.tsx'
import { ownColumns, ownNames } from '../parts/own-columns.tsx'
import { State } from '../parts/state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Search } from '../parts/search.tsx'

const waits = ['', 'socket', 'ask', 'mailbox', 'lock', 'redis', 'timer', 'child', 'promise']
const sorts = ['', 'rate', 'handled', 'mailbox', 'state', 'age']

export function ActorsView(): JSX.Element {
  const {
    state = '',
    wait = '',
    behavior = '',
    room = '',
    sort = '',
    search: typed = '',
  } = route.value.query
  const search = useSettled(typed.trim())
  const query = { state, wait, behavior, room, sort, search }
  return (
    <>
      <div class="row filters">
        <h1>Actors</h1>
        <Search placeholder="id, behaviour, label" />
        <Choice
          label="State"
          name="state"
          value={state}
          values={['', 'idle', 'running', 'waiting']}
        />
        <Choice label="Waits for" name="wait" value={wait} values={waits} />
        <Choice label="Greatest by" name="sort" value={sort} values={sorts} />
        <Text label="Behaviour" name="behavior" value={behavior} />
        <Text label="Room" name="room" value={room} />
      </div>
      <Found key={JSON.stringify(query)} query={query} />
    </>
  )
}

interface PageNeed {
  readonly key: string
  readonly page: number
}

/** Those that fit: a page is asked for when it comes into sight. */
function Found({ query }: { query: Query }): JSX.Element {
  const [list, setList] = useState<Pages<ActorRow>>(() => unread(0))
  const [head, setHead] = useState<Dump | undefined>(undefined)
  const [sight, setSight] = useState({ from: 0, to: 1 })
  const { want, problem } = useInSight<PageNeed>(async ({ page }, signal) => {
    // Older nodes know of no pages, but have the first one.
    const part = { skip: page === 0 ? undefined : page * pageSize, limit: pageSize }
    const dump = await askedDump(api, node.peek(), { ...query, ...part }, signal)
    if (signal.aborted) return
    const { actors: rows, matched = dump.total } = dump
    setHead(dump)
    setList((now) => withPage(now, page, { rows }, matched))
  })
  const short = list.count <= mostSorted
  const length = Math.max(1, list.count)
  const pages = short
    ? pagesIn(length, 0, length)
    : pagesIn(length, sight.from - margin, sight.to + margin)
  useEffect(() => want(pages.map((page) => ({ key: String(page), page }))), [pages.join()])
  const { known, told } = useMemo(() => readPages(list), [list])
  const whole = short && pages.every((page) => list.known.has(page))
  return (
    <>
      <Asked value={head} problem={problem} />
      {head && (
        <>
          <p class="quiet found">
            {shownWords(sight, list.count)} shown · {printCount(list.count)} match ·{' '}
            {printCount(head.total)} in all
            {!short && ` · titles sort up to ${mostSorted}, “Greatest by” all that match`}
          </p>
          <Table
            label="Actors"
            columns={told}
            rows={whole ? known : { length: list.count, at: (at) => rowAt(list, at) }}
            keyOf={({ id }) => id}
            href={({ id }) => hrefFor({ view: 'actor', id })}
            onSight={(from, to) => setSight({ from, to })}
            empty="no actor is like that"
          />
        </>
      )}
    </>
  )
}

/** All rows that are here, in order, and their columns. */
function readPages(list: Pages<ActorRow>): { known: ActorRow[]; told: Column<ActorRow>[] } {
  const inOrder = [...list.known].sort(([a], [b]) => a - b)
  const known = inOrder.flatMap(([, { rows }]) => rows)
  const own = ownNames(known).slice(0, mostOwn)
  return { known, told: [...columns, ...ownColumns(known, own, '7rem')] }
}

/** Lines that are asked for before they are in sight. */
const margin = 20
/** Up to so many are all here, so that they can be sorted by any title. */
const mostSorted = 500

/** `1–23` */
function shownWords({ from, to }: { from: number; to: number }, count: number): string {
  const last = Math.min(to, count)
  return last <= from ? '0' : `${printCount(from + 1)}–${printCount(last)}`
}

interface TextProps {
  readonly label: string
  readonly name: string
  readonly value: string
}

function Text({ label, name, value }: TextProps): JSX.Element {
  return (
    <label class="row">
      {label}
      <input
        size={12}
        value={value}
        onChange={({ currentTarget }) => refine({ [name]: currentTarget.value })}
      />
    </label>
  )
}

/** What the behaviours tell of themselves, as far as it fits. */
const mostOwn = 8

const columns: Column<ActorRow>[] = [
  { title: 'Id', width: '4.5rem', cell: ({ id }) => <span class="mono">{id}</span> },
  {
    title: 'Behaviour',
    width: '8rem',
    cell: ({ behavior }) => behavior,
    by: ({ behavior }) => behavior,
  },
  {
    title: 'State',
    width: 'minmax(13rem, 1.5fr)',
    cell: (actor) => <State actor={actor} />,
    by: ({ state }) => state,
  },
  figure('For', '5rem', ({ wait, ms }) => wait?.ms ?? ms, printMs),
  figure('Mailbox', '5rem', ({ mailbox }) => mailbox, String),
  figure('Handled', '6rem', ({ handled }) => handled),
  figure('Restarts', '4.5rem', ({ restarts }) => restarts, String),
  {
    title: 'Label',
    width: 'minmax(6rem, 2fr)',
    cell: ({ label }) => label,
    by: ({ label }) => label,
  },
]
