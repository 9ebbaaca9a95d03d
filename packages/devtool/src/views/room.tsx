// One room on one node: how much it carries, who publishes, who is in it and falls behind; and where else it is open.

import type { JSX } from 'preact'
import type { RoomDetail } from '../data/answers.ts'
import { remember, samplesOf } from '../data/figures.ts'
import { printBytes, printCount, printRate, printShort } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { drawn } from '../data/series.ts'
import { api, hrefFor, node, route } from '../data/state.ts'
import { Chart } from '../parts/chart.tsx'
import { Asked } from '../parts/notice.tsx'
import { Members } from '../parts/room/members.tsx'
import { Publishers } from '../parts/room/publishers.tsx'
import { RoomElsewhere } from '../parts/room/elsewhere.tsx'
import { RoomOptions } from '../parts/room/options.tsx'
import { Totals } from '../parts/totals.tsx'

export function RoomView(): JSX.Element {
  const { id: name, query } = route.value
  const { search = '' } = query
  const series = `room ${name} ${node.value}`
  const { value, problem } = usePoll(
    `${series} ${search}`,
    async (signal) => {
      const asked = { node: node.value, name, search, limit: 500 }
      const detail = await api.get<RoomDetail>('/debug/view/room', asked, signal)
      const { members, delivered, slow, queueBytes } = detail.room
      remember(series, { members, delivered, slow, queueBytes }, Date.now())
      return detail
    },
    2_000,
  )
  return (
    <>
      <div class="row">
        <h1>Room {name}</h1>
        {value && <Links detail={value} />}
      </div>
      <Asked value={value} problem={problem} />
      {value && <Now detail={value} />}
      {value && (
        <div class="cards">
          <Publishers publishers={value.publishers} own={value.options.behavior !== undefined} />
          <RoomOptions detail={value} />
        </div>
      )}
      {value && <Charts series={series} />}
      {value && <Members members={value.members} />}
      <RoomElsewhere name={name} />
    </>
  )
}

function Links({ detail }: { detail: RoomDetail }): JSX.Element {
  const { room, behaviorActor } = detail
  return (
    <>
      <span class="grow quiet">on {detail.node}</span>
      <a href={hrefFor({ view: 'actor', id: room.actor })}>its actor</a>
      {behaviorActor !== undefined && (
        <a href={hrefFor({ view: 'actor', id: behaviorActor })}>its behaviour</a>
      )}
      <a href={hrefFor({ view: 'actors', query: { room: room.name } })}>all actors in it</a>
    </>
  )
}

function Now({ detail }: { detail: RoomDetail }): JSX.Element {
  const { room, joining, publishers } = detail
  return (
    <Totals
      totals={[
        { label: 'members here', text: printCount(room.members) },
        { label: 'slow', text: printCount(room.slow), odd: room.slow > 0 },
        { label: 'queued', text: printBytes(room.queueBytes) },
        { label: 'joins under way', text: printCount(joining) },
        { label: 'messages a second', text: printRate(publishers.perSecond) },
        { label: 'messages', text: printCount(room.delivered) },
        ...(room.history ? [{ label: 'offset', text: printCount(room.offset) }] : []),
      ]}
    />
  )
}

function Charts({ series }: { series: string }): JSX.Element {
  const { at, line, rate } = drawn(samplesOf(series))
  return (
    <div class="cards charts">
      <Chart
        title="Messages a second"
        at={at}
        print={printShort}
        lines={[rate('messages', 'accent', 'delivered')]}
      />
      <Chart
        title="Members"
        at={at}
        print={printShort}
        lines={[line('here', 'accent', 'members'), line('slow', 'bad', 'slow')]}
      />
      <Chart
        title="Queued for slow members"
        at={at}
        bytes
        least={65_536}
        print={printBytes}
        lines={[line('queued', 'waiting', 'queueBytes')]}
      />
    </div>
  )
}
