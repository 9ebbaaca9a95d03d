// Every entry of a trace as a line, the newest first.

import { type CloseUpEntry, type CloseUpWait, printFine } from '@sluice/core'
import type { ComponentChildren, JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { ActorLink } from '../state.tsx'
import { type Column, Table } from '../table.tsx'

const columns: readonly Column<CloseUpEntry>[] = [
  {
    title: 'When',
    width: '5rem',
    right: true,
    cell: ({ atMs }) => `${(atMs / 1_000).toFixed(3)} s`,
    by: ({ number }) => number,
  },
  { title: 'Message', width: 'minmax(7rem, 1fr)', cell: nameOf, by: nameOf },
  { title: 'From', width: 'minmax(7rem, 1fr)', cell: senderOf },
  time('In mailbox', (entry) => ('outcome' in entry ? entry.queuedMs : undefined)),
  time('Ran', (entry) => ('outcome' in entry && !entry.before ? entry.ranMs : undefined)),
  time('Awaited', (entry) =>
    'outcome' in entry ? entry.awaitedMs : entry.what === 'wait' ? entry.ms : undefined,
  ),
  { title: 'On', width: 'minmax(8rem, 2fr)', cell: whereOf },
  { title: 'Outcome', width: '5rem', cell: outcomeOf },
]

export function TraceTable({ entries }: { entries: readonly CloseUpEntry[] }): JSX.Element {
  const newest = useMemo(() => entries.toReversed(), [entries])
  return (
    <div class="bounded">
      <Table
        label="Trace"
        columns={columns}
        rows={newest}
        keyOf={({ number }) => String(number)}
        empty="It has done nothing yet."
      />
    </div>
  )
}

function time(
  title: string,
  value: (entry: CloseUpEntry) => number | undefined,
): Column<CloseUpEntry> {
  return {
    title,
    width: '5.5rem',
    right: true,
    cell: (entry) => {
      const ms = value(entry)
      return ms === undefined ? '' : printFine(ms)
    },
    by: (entry) => value(entry) ?? -1,
  }
}

function nameOf(entry: CloseUpEntry): string {
  return entry.what === 'receive' ? entry.type || '(no type)' : `(${entry.what})`
}

function senderOf(entry: CloseUpEntry): ComponentChildren {
  if (entry.what !== 'receive') return ''
  if (entry.from === undefined) return <span class="quiet">told before</span>
  if (entry.sender === undefined) return <span class="quiet">{entry.from}</span>
  return <ActorLink id={entry.sender}>{entry.from}</ActorLink>
}

function whereOf(entry: CloseUpEntry): ComponentChildren {
  if ('text' in entry) return <span title={entry.text}>{entry.text}</span>
  if (entry.what === 'wait') return <Wait wait={entry} />
  const more = entry.moreWaits === undefined ? '' : ` and ${entry.moreWaits} more`
  return (
    <>
      {entry.waits.map((wait, at) => (
        <>
          {at > 0 && ', '}
          <Wait key={at} wait={wait} />
        </>
      ))}
      {more}
    </>
  )
}

function Wait({ wait }: { wait: CloseUpWait }): JSX.Element {
  const { class: kind, target, actor } = wait
  if (actor === undefined) return <>{`${kind} ${target}`}</>
  return (
    <>
      {kind} <ActorLink id={actor}>{`${target} ${actor}`}</ActorLink>
    </>
  )
}

function outcomeOf(entry: CloseUpEntry): ComponentChildren {
  if (!('outcome' in entry)) return entry.what === 'wait' && entry.ms === undefined ? 'still' : ''
  const { outcome } = entry
  if (outcome === 'open') return <span class="state waiting">not over</span>
  const bad = outcome === 'failed' || outcome === 'forced'
  return bad ? <span class="bad">{outcome}</span> : outcome
}
