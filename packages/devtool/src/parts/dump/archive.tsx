// The dumps that a node has in its archive: one to open, two to compare, any to keep.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ArchivedDump, DumpList, Reached } from '../../data/answers.ts'
import { download } from '../../data/download.ts'
import { openDump } from '../../data/dump-file.ts'
import { only } from '../../data/dump.ts'
import { printBytes } from '../../data/format.ts'
import { usePoll } from '../../data/poll.ts'
import { problemOf } from '../../data/problem.ts'
import { api, node } from '../../data/state.ts'
import { figure } from '../figure.tsx'
import { Asked, Notice } from '../notice.tsx'
import { type Column, Table } from '../table.tsx'

/** Of a comparison. */
export type Side = 'from' | 'to'

interface ArchiveProps {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly open: (id: string) => void
  readonly choose: (side: Side, id: string) => void
}

export function Archive(props: ArchiveProps): JSX.Element {
  const { value, problem, again } = usePoll(
    `dumps ${node.value}`,
    async (signal) => {
      const name = await nodeName(signal)
      return only(
        await api.get<Reached<DumpList>>('/debug/nodes/dumps', { node: name }, signal),
        name,
      )
    },
    5_000,
  )
  const [refusal, setRefusal] = useState('')
  const act = async (what: () => Promise<void>): Promise<void> => {
    try {
      await what()
      setRefusal('')
    } catch (error) {
      setRefusal(problemOf(error))
    }
  }
  const take = async (): Promise<void> => {
    const name = await nodeName()
    const query = { node: name, reason: 'devtool' }
    only(await api.post<Reached<ArchivedDump>>('/debug/nodes/dumps', query), name)
    again()
  }
  const keep = async (id: string): Promise<void> =>
    download(`${id}.json`, await openDump(api, node.value, id))
  return (
    <section class="card stack">
      <div class="row">
        <h2 class="grow">{value === undefined ? 'Archive' : `Archive in ${value.folder}`}</h2>
        <button type="button" onClick={() => void act(take)}>
          Take one now
        </button>
      </div>
      {refusal !== '' && <Notice kind="bad">{refusal}</Notice>}
      <Asked value={value} problem={problem} />
      {value && (
        <div class="archive">
          <Table
            label="Archive"
            columns={columnsFor(props, (id) => void act(() => keep(id)))}
            rows={value.dumps}
            keyOf={({ id }) => id}
            empty="The archive is empty."
          />
        </div>
      )}
    </section>
  )
}

/** Of the node whose archive this is: to ask nobody by name would be to ask all of them. */
async function nodeName(signal?: AbortSignal): Promise<string> {
  return node.value || (await api.get<{ name: string }>('/debug/view/figures', {}, signal)).name
}

function columnsFor(
  { from, to, open, choose }: ArchiveProps,
  keep: (id: string) => void,
): Column<ArchivedDump>[] {
  const chosen = { from, to }
  const sideColumn = (side: Side, title: string): Column<ArchivedDump> => ({
    title,
    width: '3.5rem',
    cell: ({ id }) => (
      <input
        type="radio"
        name={side}
        aria-label={`${title} ${id}`}
        checked={chosen[side] === id}
        onChange={() => choose(side, id)}
      />
    ),
  })
  return [
    {
      title: 'Taken',
      width: '11.5rem',
      cell: ({ id, at }) => {
        const when = at.replace('T', ' ').replace(/\.\d+Z$/, '')
        return (
          <button
            type="button"
            class="link"
            aria-label={`${when}: open ${id}`}
            onClick={() => open(id)}
          >
            {when}
          </button>
        )
      },
      by: ({ at }) => at,
    },
    // On a phone these are what there is room for.
    sideColumn('from', 'From'),
    sideColumn('to', 'To'),
    { title: 'Why', width: '5rem', cell: ({ trigger }) => trigger, by: ({ trigger }) => trigger },
    { title: 'Node', width: 'minmax(5rem, 1fr)', cell: ({ node: name }) => name },
    figure('Size', '5rem', ({ bytes }) => bytes, printBytes),
    {
      title: '',
      width: '6rem',
      cell: ({ id }) => (
        <button type="button" class="link" aria-label={`Download ${id}`} onClick={() => keep(id)}>
          Download
        </button>
      ),
    },
  ]
}
