// Where an actor stands: the contexts that it belongs to, what it owns, and the spawns that led to it.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ActorDetail } from '../../data/answers.ts'
import { printCount } from '../../data/format.ts'
import { hrefFor } from '../../data/state.ts'
import { Stack } from '../stack.tsx'
import { ActorLink } from '../state.tsx'

export function BelongsTo({ detail }: { detail: ActorDetail }): JSX.Element {
  const { actor, contexts, children } = detail
  return (
    <section class="card">
      <h2>Belongs to</h2>
      <ol class="plain">
        {contexts.map(({ owner, deadlineMs, ended }, at) => (
          <li key={at}>
            <Owner name={owner} />
            {deadlineMs !== undefined && (
              <span class="quiet">, deadline in {printMs(Math.max(0, deadlineMs))}</span>
            )}
            {ended !== undefined && <span class="bad">, ended: {ended}</span>}
          </li>
        ))}
      </ol>
      <a href={hrefFor({ view: 'tree', query: { at: actor.id } })}>In the tree</a>
      {Object.keys(children).length > 0 && (
        <>
          <h2>Owns</h2>
          <ul class="plain">
            {Object.entries(children).map(([behavior, count]) => (
              <li key={behavior}>
                <a href={hrefFor({ view: 'actors', query: { behavior } })}>
                  {printCount(count)} × {behavior}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export function ComesFrom({ detail }: { detail: ActorDetail }): JSX.Element {
  const { lineage, actor } = detail
  return (
    <section class="card">
      <h2>Where it comes from</h2>
      <ol class="plain">
        {lineage.map(({ code, behavior, spawner, message, line }) => (
          <li key={code}>
            <strong>{behavior}</strong> by {spawner || 'the system'}
            {message && ` on ${message}`} {line && <code>{line}</code>}
          </li>
        ))}
      </ol>
      {actor.stack !== undefined && (
        <>
          <h2>Spawned here</h2>
          <Stack frames={actor.stack} />
        </>
      )}
    </section>
  )
}

function Owner({ name }: { name: string }): JSX.Element {
  const [behavior = '', id] = name.split(' ')
  if (id === undefined) return <>{name || 'a context of its own'}</>
  return <ActorLink id={id}>{`${behavior} ${id}`}</ActorLink>
}
