// How many actors do not go on, by family: what kind of thing is in their way.

import type { BlockedFamily } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../data/format.ts'

const meanings: Record<BlockedFamily['family'], string> = {
  network: 'a peer that does not read, Redis',
  message: 'a reply, a full mailbox, a child',
  contention: 'a lock, a permit, the event loop',
  other: 'timers, awaits that nobody named',
}

interface FamiliesProps {
  readonly of: number
  readonly count: number
  readonly families: readonly Pick<BlockedFamily, 'family' | 'count'>[]
}

export function Families({ of, count: all, families }: FamiliesProps): JSX.Element {
  return (
    <>
      <p class="quiet" style={{ margin: 0 }}>
        {printCount(all)} of {printCount(of)} actors do not go on.
      </p>
      <dl class="cards families">
        {families.map(({ family, count }) => (
          <div key={family} class="card">
            <dt>
              <strong>{family}</strong> <span class="quiet">{meanings[family]}</span>
            </dt>
            <dd>{printCount(count)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
