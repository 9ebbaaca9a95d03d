// Who publishes into a room now: the few who do most of it, each with a share and a rate.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { PublisherRow, RoomDetail } from '../../data/answers.ts'
import { printRate, printShare } from '../../data/format.ts'
import { ActorLink } from '../state.tsx'

interface PublishersProps {
  readonly publishers: RoomDetail['publishers']
  /** The room has a behaviour, which may publish too. */
  readonly own: boolean
}

export function Publishers({ publishers, own }: PublishersProps): JSX.Element {
  const { rows } = publishers
  return (
    <section class="card publishers">
      <h2>Who publishes now</h2>
      {rows.length === 0 ? (
        <p class="quiet">Nobody has published within the last minute.</p>
      ) : (
        <ol class="plain" aria-label="Who publishes now">
          {rows.map((row) => (
            <li key={row.client}>
              <span class="who">
                <Who row={row} own={own} />
              </span>
              <span class="share" aria-hidden="true">
                <i style={{ width: `${Math.min(100, row.share * 100)}%` }} />
              </span>
              <span class="figures">
                {printShare(row.share, row.errorShare)} · {printRate(row.perSecond)}/s
              </span>
              <span class="quiet figures">{printMs(row.agoMs)} ago</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Who({ row, own }: { row: PublisherRow; own: boolean }): JSX.Element {
  const { client, user, actor } = row
  if (client === '') return <>{own ? 'the server API or its behaviour' : 'the server API'}</>
  return (
    <>
      {actor === undefined ? (
        user || 'anonymous'
      ) : (
        <ActorLink id={actor}>{user || 'anonymous'}</ActorLink>
      )}{' '}
      <span class="mono quiet">{client}</span>
    </>
  )
}
