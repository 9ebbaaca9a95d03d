// Who is in no figure of this page, and why: a node that is silent, or that refused.

import type { JSX } from 'preact'
import type { Reached } from '../data/answers.ts'
import { Notice } from './notice.tsx'

export function Missing({ answer }: { answer: Reached<unknown> }): JSX.Element {
  const { silent, refused } = answer
  return (
    <>
      {silent.map((name) => (
        <Notice key={name} kind="bad">
          {name} is a member and does not answer. Its figures are in no sum on this page.
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
