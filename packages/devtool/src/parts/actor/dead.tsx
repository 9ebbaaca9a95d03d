// What an actor left behind: why it died, with all causes, and its last steps.

import { printMs, type TombstoneRow } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../../data/format.ts'
import { Causes } from '../causes.tsx'
import { Fact } from '../fact.tsx'
import { LastSteps } from './last-steps.tsx'
import { ActorLink } from '../state.tsx'

export function DeadHead({ tombstone }: { tombstone: TombstoneRow }): JSX.Element {
  const { behavior, id, label, code } = tombstone
  return (
    <div class="row">
      <h1>
        {behavior} <span class="mono">{id}</span>
      </h1>
      <span class="state dead">dead: {code}</span>
      <span>{label}</span>
    </div>
  )
}

export function Remains({ tombstone }: { tombstone: TombstoneRow }): JSX.Element {
  const { end, agoMs, livedMs, handled, restarts, parent, trail } = tombstone
  return (
    <section class="card">
      <dl class="facts">
        <Fact name="died">{`${printMs(agoMs)} ago`}</Fact>
        <Fact name="lived">{printMs(livedMs)}</Fact>
        <Fact name="handled">{printCount(handled)}</Fact>
        <Fact name="restarts">{restarts}</Fact>
        {parent !== undefined && (
          <Fact name="below">
            <ActorLink id={parent} />
          </Fact>
        )}
      </dl>
      <h2>Why</h2>
      <Causes end={end} />
      <h2>Its last steps</h2>
      <LastSteps trail={trail} words />
    </section>
  )
}
