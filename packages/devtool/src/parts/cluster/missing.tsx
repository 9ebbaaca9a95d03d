// Who is in no figure of this page, and why: a node that is silent, or that refused, or all others where there is no way to them.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { NodesAnswer, Reached } from '../../data/answers.ts'
import { Notice } from '../notice.tsx'

interface MissingProps {
  readonly answer: Reached<unknown>
  /** What is known of the leases of nodes that do not tell themselves. */
  readonly peers?: NodesAnswer['peers']
}

export function Missing({ answer, peers = [] }: MissingProps): JSX.Element {
  const { silent, refused, unreachable } = answer
  return (
    <>
      {unreachable !== undefined && (
        <Notice kind="bad">
          What is on this page is of one node: {unreachable.replace(/ \[\w+\]/, '')}.
        </Notice>
      )}
      {silent.map((name) => (
        <Notice key={name} kind="bad">
          {name} is a member and does not answer. Its figures are in no sum on this page.
          {peers.filter((peer) => peer.name === name).map(leaseWords)}
        </Notice>
      ))}
      {refused.map(({ node, message }) => (
        <Notice key={node} kind="bad">
          {node}: {message}
        </Notice>
      ))}
    </>
  )
}

function leaseWords({ leftMs }: NodesAnswer['peers'][number]): string {
  if (leftMs <= 0) return ' Its lease is over.'
  return ` Its lease ends in ${printMs(leftMs)}, and it is no member any more then, unless it renews it.`
}
