// One actor in full: what it is doing and since when, its machine, what it did last, whom it belongs to, where it comes from;
// and what it does from now on, when it is traced.

import type { JSX } from 'preact'
import type { ActorDetail, DeadDetail } from '../data/answers.ts'
import { usePoll } from '../data/poll.ts'
import { api, node, route } from '../data/state.ts'
import { DeadHead, Remains } from '../parts/actor/dead.tsx'
import { ActorHead } from '../parts/actor/head.tsx'
import { ActorNotices } from '../parts/actor/notices.tsx'
import { ActorNow } from '../parts/actor/now.tsx'
import { BelongsTo, ComesFrom } from '../parts/actor/origin.tsx'
import { JsonView } from '../parts/actor/json-view.tsx'
import { Lifecycle } from '../parts/actor/lifecycle.tsx'
import { MachinePicture } from '../parts/actor/machine-picture.tsx'
import { Asked } from '../parts/notice.tsx'
import { TracePanel } from '../parts/trace/panel.tsx'
import { Trail } from '../parts/actor/trail.tsx'

export function ActorView(): JSX.Element {
  const { id } = route.value
  const { value, problem, again } = usePoll(`actor ${node.value} ${id}`, (signal) =>
    api.get<ActorDetail | DeadDetail>(
      `/debug/actors/${encodeURIComponent(id)}`,
      { node: node.value },
      signal,
    ),
  )
  // In one place, so that a trace goes on where its actor dies.
  return (
    <>
      <Asked value={value} problem={problem} />
      {value && 'actor' in value && <ActorHead detail={value} again={again} />}
      {value && 'tombstone' in value && <DeadHead tombstone={value.tombstone} />}
      {value?.trace && <TracePanel key={id} id={id} state={value.trace} changed={again} />}
      {value && 'actor' in value && <Living detail={value} />}
      {value && 'tombstone' in value && <Remains tombstone={value.tombstone} />}
    </>
  )
}

function Living({ detail }: { detail: ActorDetail }): JSX.Element {
  const { actor, trail, machine, json } = detail
  return (
    <>
      <ActorNotices detail={detail} />
      <div class="cards">
        <ActorNow actor={actor} />
        <section class="card">
          <h2>Its life</h2>
          <Lifecycle state={actor.state} last={trail.at(-1)} />
        </section>
        <BelongsTo detail={detail} />
        <ComesFrom detail={detail} />
      </div>
      {json !== undefined && <JsonView json={json} />}
      {machine !== undefined && (
        <section class="card">
          <h2>Its own machine</h2>
          <MachinePicture machine={machine} />
        </section>
      )}
      <section class="card">
        <h2>What it did last</h2>
        <Trail trail={trail} />
      </section>
    </>
  )
}
