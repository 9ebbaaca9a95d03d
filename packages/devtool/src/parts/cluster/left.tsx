// Nodes that were members while the page was open, and are none any more.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { whoLeft } from '../../data/cluster/members.ts'
import { Notice } from '../notice.tsx'

export function Left(): JSX.Element | null {
  const gone = whoLeft()
  if (gone.length === 0) return null
  const words = gone.map(({ name, at }) => `${name} since ${printMs(Date.now() - at)}`)
  return <Notice kind="warn">No member any more: {words.join(', ')}.</Notice>
}
