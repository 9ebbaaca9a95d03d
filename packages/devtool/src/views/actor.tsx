// One actor in full. (The machine, the time line and the actions are in the parts that this view puts together.)

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ActorDetail, DeadDetail } from '../data/answers.ts'
import { usePoll } from '../data/poll.ts'
import { api, node, route } from '../data/state.ts'
import { Asked } from '../parts/notice.tsx'
import { State } from '../parts/state.tsx'

export function ActorView(): JSX.Element {
  const { id } = route.value
  const { value, problem } = usePoll(`actor ${id}`, (signal) =>
    api.get<ActorDetail | DeadDetail>(
      `/debug/actors/${encodeURIComponent(id)}`,
      { node: node.value },
      signal,
    ),
  )
  return (
    <>
      <h1>Actor {id}</h1>
      <Asked value={value} problem={problem} />
      {value && 'actor' in value && (
        <p>
          {value.actor.behavior} <State actor={value.actor} /> for {printMs(value.actor.ms)}
        </p>
      )}
      {value && 'tombstone' in value && <p>{value.tombstone.end}</p>}
    </>
  )
}
