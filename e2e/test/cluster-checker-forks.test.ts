// What the checker says of streams that Redis rolled back: what was acked may be lost, but never in silence.

import { describe, expect, test } from 'vitest'
import { checkHistory, type FindingKind } from '../support/cluster/checker.ts'
import type { HistoryEvent } from '../support/cluster/history.ts'

type Events = HistoryEvent[]

describe('a stream that Redis rolled back, within one epoch', () => {
  const [room, epoch] = ['room', 'e1']
  const act = (...ids: string[]): Events =>
    ids.flatMap((id) => [
      { type: 'invoked', room, id },
      { type: 'acked', room, id },
    ])
  const enter = (client: string, offset: number): HistoryEvent => ({
    ...{ type: 'subscribed', client, room, epoch, offset, recovered: undefined },
    publications: [],
  })
  const see = (client: string, ...ids: string[]): Events =>
    ids.map((id, i) => ({ type: 'received', client, room, id, offset: i + 1 }))
  const told = (client: string, to: string): Events => [
    { type: 'told', client, room },
    { ...enter(client, 0), recovered: false, epoch: to } as HistoryEvent,
  ]
  const end = (...clients: string[]): Events =>
    clients.map((client) => ({ type: 'final', client, room }))
  const kindsOf = (events: Events): FindingKind[] =>
    checkHistory(events, { mayRollBack: true }).findings.map(({ kind }) => kind)
  // `c` is acked and rolled back; `d` and `e` come in its place. `ada` has seen it, `bob` has not.
  const start = [enter('ada', 0), enter('bob', 0), ...act('a', 'b', 'c'), ...see('bob', 'a', 'b')]

  test('is all right when everybody is told', () => {
    const all = [...start, ...see('ada', 'a', 'b', 'c'), ...act('d'), ...told('ada', 'e2')]
    const news: Events = [...told('bob', 'e2'), ...act('f')]
    const both = [...see('ada', 'f'), ...see('bob', 'f'), ...end('ada', 'bob')]
    expect(kindsOf([...all, ...news, ...both])).toEqual([])
  })

  test('is found when somebody who saw what is lost goes on', () => {
    const seen = [...start, ...act('d', 'e'), ...see('ada', 'a', 'b', 'c', 'e')]
    const others = [...see('bob', 'a', 'b', 'd', 'e').slice(2), ...end('bob')]
    expect(kindsOf([...seen, ...others])).toContain('disagreement')
  })

  test('is found when somebody did not see what was acked, and is told of nothing', () => {
    const seen = [...start, ...act('d'), ...see('bob', 'a', 'b', 'd').slice(2), ...end('bob')]
    expect(kindsOf([...seen, ...see('ada', 'a', 'b', 'c')])).toContain('lost')
  })

  test('is found when one message is seen before and behind the fork by one client', () => {
    const seen = [...start, ...see('bob', 'a', 'b', 'a').slice(2), ...end('bob')]
    expect(kindsOf(seen)).toContain('two_offsets')
  })

  test('is found when two clients end on two branches', () => {
    const seen = [...start, ...act('d'), ...see('ada', 'a', 'b', 'c')]
    const other = [...see('bob', 'a', 'b', 'd').slice(2), ...end('ada', 'bob')]
    expect(kindsOf([...seen, ...other])).toContain('disagreement')
  })
})
