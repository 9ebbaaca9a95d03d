// Who an actor is, and what can be done with it: kept, traced, dumped, ended. What changes something is asked twice.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ActorDetail, ArchivedDump } from '../../data/answers.ts'
import { download } from '../../data/download.ts'
import { api, hrefFor, node } from '../../data/state.ts'
import { Action } from '../action.tsx'
import { Notice } from '../notice.tsx'
import { State } from '../state.tsx'

interface ActorHeadProps {
  readonly detail: ActorDetail
  /** Something has changed. */
  readonly again: () => void
}

export function ActorHead({ detail, again }: ActorHeadProps): JSX.Element {
  const { actor, trace } = detail
  const [dumped, setDumped] = useState('')
  const name = `${actor.behavior} ${actor.id}`
  const running = trace !== undefined && trace.over === undefined
  const post = <T,>(what: string, reason: string): Promise<T> =>
    api.post<T>(`/debug/actors/${encodeURIComponent(actor.id)}/${what}`, {
      node: node.value,
      reason,
    })
  return (
    <>
      <div class="row">
        <h1>
          {actor.behavior} <span class="mono">{actor.id}</span>
        </h1>
        <State actor={actor} />
        <span class="grow">{actor.label}</span>
        <button
          type="button"
          onClick={() => download(`${actor.behavior}-${actor.id}.json`, detail)}
        >
          Keep as a file
        </button>
        <Action
          label={running ? 'Trace it for a minute more' : 'Trace it for a minute'}
          words={`Trace ${name} for 60 s`}
          harmless
          act={async (reason) => {
            await post('trace', reason)
            again()
          }}
        />
        <Action
          label="Dump it"
          words={`Write a dump of ${name}, all that it owns and who waits on it`}
          harmless
          act={async (reason) => setDumped((await post<ArchivedDump>('dump', reason)).id)}
        />
        <Action
          label="End it"
          words={`End ${name} and all that it owns`}
          act={async (reason) => {
            await post('end', reason)
            again()
          }}
        />
      </div>
      {dumped !== '' && (
        <Notice kind="good">
          Dumped as{' '}
          <a class="mono" href={hrefFor({ view: 'dumps', id: dumped })}>
            {dumped}
          </a>
        </Notice>
      )}
    </>
  )
}
