// The same room on all nodes. Each of them has to be asked, so that is done when somebody wants to know.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Reached, RoomDetail } from '../../data/answers.ts'
import { printBytes, printCount, printRate } from '../../data/format.ts'
import { problemOf } from '../../data/problem.ts'
import { api, hrefFor } from '../../data/state.ts'
import { figure } from '../figure.tsx'
import { Notice } from '../notice.tsx'
import { type Column, Table } from '../table.tsx'

const notOpen = 404

export function RoomElsewhere({ name }: { name: string }): JSX.Element {
  const [answer, setAnswer] = useState<Reached<RoomDetail>>()
  const [problem, setProblem] = useState('')
  const ask = async (): Promise<void> => {
    try {
      setAnswer(await api.get<Reached<RoomDetail>>('/debug/nodes/room', { name, limit: 0 }))
      setProblem('')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <>
      <div class="row">
        <h2>On all nodes</h2>
        <button type="button" onClick={() => void ask()}>
          {answer === undefined ? 'Ask them' : 'Ask again'}
        </button>
        {answer && <span class="quiet">{wordsOf(answer)}</span>}
      </div>
      {problem !== '' && <Notice kind="bad">{problem}</Notice>}
      {answer?.silent.map((one) => (
        <Notice key={one} kind="bad">
          {one} is a member and does not answer. Whoever is in the room there is not counted.
        </Notice>
      ))}
      {answer?.refused
        .filter(({ status }) => status !== notOpen)
        .map(({ node, message }) => (
          <Notice key={node} kind="bad">
            {node}: {message}
          </Notice>
        ))}
      {answer && (
        <Table
          label="On all nodes"
          columns={columns}
          rows={answer.nodes.map(({ view }) => view)}
          keyOf={({ node }) => node}
          href={({ node }) => hrefFor({ view: 'room', id: name, query: { node } })}
          empty="it is open on no node that answers"
        />
      )}
    </>
  )
}

function wordsOf({ nodes, refused }: Reached<RoomDetail>): string {
  const members = nodes.reduce((sum, { view }) => sum + view.room.members, 0)
  const not = refused.filter(({ status }) => status === notOpen).map(({ node }) => node)
  const closed = not.length === 0 ? '' : ` · not open on ${not.join(', ')}`
  return `${some(members, 'member')} on ${some(nodes.length, 'node')}${closed}`
}

function some(count: number, noun: string): string {
  return `${printCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

const columns: Column<RoomDetail>[] = [
  { title: 'Node', width: 'minmax(8rem, 1fr)', cell: ({ node }) => node, by: ({ node }) => node },
  figure('Members', '5rem', ({ room }) => room.members),
  figure('Slow', '5rem', ({ room }) => room.slow),
  figure('Queued', '6rem', ({ room }) => room.queueBytes, printBytes),
  figure('Joining', '5rem', ({ joining }) => joining),
  figure('Messages/s', '6rem', ({ publishers }) => publishers.perSecond, printRate),
  {
    title: 'Offset',
    width: '5rem',
    right: true,
    cell: ({ room: { history, offset } }) => (history ? printCount(offset) : '–'),
    by: ({ room }) => room.offset,
  },
]
