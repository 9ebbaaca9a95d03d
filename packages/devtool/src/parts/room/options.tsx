// What a room does, as its configuration says.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { RoomDetail } from '../../data/answers.ts'
import { printBytes, printCount } from '../../data/format.ts'
import { Fact } from '../fact.tsx'

export function RoomOptions({ detail }: { detail: RoomDetail }): JSX.Element {
  const { options, owner, room } = detail
  const { history, slow, behavior, allow } = options
  return (
    <section class="card">
      <h2>What it does</h2>
      <dl class="facts">
        <Fact name="history">
          {history === undefined
            ? 'none'
            : `${printCount(history.size)} messages, ${printMs(history.ttlMs)} after the last one`}
        </Fact>
        {history !== undefined && (
          <Fact name="epoch">
            <span class="mono">{room.epoch || 'not known yet'}</span>
          </Fact>
        )}
        <Fact name="for members">{promisesOf(options).join(', ') || 'nothing more'}</Fact>
        <Fact name="a slow member">
          {slow.policy}: {printBytes(slow.maxBytes)}
          {slow.policy === 'disconnect' && `, ${printMs(slow.maxAgeMs)}`}
        </Fact>
        <Fact name="who may">
          {Object.entries(allow)
            .map(([what, who]) => `${what}: ${who}`)
            .join(', ')}
        </Fact>
        {behavior !== undefined && (
          <Fact name="behaviour">
            <span title={behavior}>{behavior.split('/').at(-1)}</span>
            {options.singleton && `, one in the cluster, on ${owner ?? 'a node not known here'}`}
          </Fact>
        )}
      </dl>
    </section>
  )
}

function promisesOf(options: RoomDetail['options']): string[] {
  const { presence, joinLeave, recover, position } = options
  return [
    ...(presence ? ['presence'] : []),
    ...(joinLeave ? ['who joins and leaves'] : []),
    ...(recover ? ['recovery'] : []),
    ...(position ? ['a watch over their positions'] : []),
  ]
}
