// Rooms of a node: who is in them, what they deliver, who falls behind.

import type { JSX } from 'preact'
import type { List, RoomRow } from '../data/answers.ts'
import { printBytes, printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { useRates } from '../data/rates.ts'
import { api, hrefFor, node, route } from '../data/state.ts'
import { figure, printBad } from '../parts/figure.tsx'
import { ListHead } from '../parts/list-head.tsx'
import { Asked } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'

export function RoomsView(): JSX.Element {
  const { search = '', sort = '' } = route.value.query
  const { value, problem, at } = usePoll(
    `rooms ${node.value} ${search} ${sort}`,
    (signal) =>
      api.get<List<RoomRow>>(
        '/debug/view/rooms',
        { node: node.value, search, sort, limit: 500 },
        signal,
      ),
    2_000,
  )
  const rate = useRates(value?.rows, at, ({ name, delivered }) => [name, delivered])
  return (
    <>
      <ListHead title="Rooms" sorts={['members', 'delivered']} list={value} />
      <Asked value={value} problem={problem} />
      {value && (
        <Table
          label="Rooms"
          columns={columnsFor(rate)}
          rows={value.rows}
          keyOf={({ name }) => name}
          href={({ name }) => hrefFor({ view: 'room', id: name })}
          empty="no room is open here"
        />
      )}
    </>
  )
}

function columnsFor(rate: (name: string) => number | undefined): Column<RoomRow>[] {
  const rateOf = ({ name }: RoomRow): number => rate(name) ?? 0
  return [
    {
      title: 'Room',
      width: 'minmax(10rem, 2fr)',
      cell: ({ name }) => name,
      by: ({ name }) => name,
    },
    figure('Members here', '7rem', ({ members }) => members),
    figure('Messages/s', '7rem', rateOf),
    figure('Messages', '7rem', ({ delivered }) => delivered),
    figure('Slow', '5rem', ({ slow }) => slow, printBad),
    figure('Queued', '6rem', ({ queueBytes }) => queueBytes, printBytes),
    {
      title: 'Offset',
      width: '7rem',
      right: true,
      cell: ({ history, offset }) => (history ? printCount(offset) : '–'),
      by: ({ offset }) => offset,
    },
    {
      title: 'Behaviour',
      width: 'minmax(8rem, 1fr)',
      cell: ({ behavior = '' }) => behavior.split('/').at(-1) ?? '',
    },
  ]
}
