// What must be seen of an actor before all else: that something is wrong with it, or that others wait on it.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ActorDetail } from '../../data/answers.ts'
import { printCount } from '../../data/format.ts'
import { Notice } from '../notice.tsx'
import { ActorLink } from '../state.tsx'

export function ActorNotices({ detail }: { detail: ActorDetail }): JSX.Element {
  const { actor, waiters } = detail
  return (
    <>
      {actor.orphan && (
        <Notice kind="bad">
          An orphan: its context ended, its grace time is over, and it lives on.
        </Notice>
      )}
      {waiters.count > 0 && <Waiters waiters={waiters} />}
      {actor.wait?.dead && (
        <Notice kind="bad">It waits on something that is dead: nothing will end this wait.</Notice>
      )}
      {actor.ending !== undefined && (
        <Notice kind="warn">It is about to end: {actor.ending}</Notice>
      )}
      {actor.restarted !== undefined && (
        <Notice kind="warn">
          Restarted {actor.restarts} times, the last time after {actor.restarted}
        </Notice>
      )}
    </>
  )
}

function Waiters({ waiters }: { waiters: ActorDetail['waiters'] }): JSX.Element {
  const { count, longestMs, sample } = waiters
  return (
    <Notice kind="warn">
      <strong>
        {count === 1 ? '1 actor waits' : `${printCount(count)} actors wait`} on it, up to{' '}
        {printMs(longestMs)}:
      </strong>{' '}
      {sample.map(({ id, behavior }) => (
        <>
          <ActorLink key={id} id={id}>{`${behavior} ${id}`}</ActorLink>{' '}
        </>
      ))}
      {count > sample.length && '…'}
    </Notice>
  )
}
