// What is left of a node's lease: without one it is out of the cluster.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { LeaseHealth } from '../../data/answers.ts'

export function Lease({ lease }: { lease: LeaseHealth | undefined }): JSX.Element {
  if (lease === undefined) return <>–</>
  const { ms, leftMs } = lease
  if (leftMs <= 0) return <span class="bad">over for {printMs(-leftMs)}</span>
  const words = `${(leftMs / 1_000).toFixed(1)} of ${printMs(ms)}`
  // It is renewed well before: by a third two beats have failed.
  return leftMs < ms / 3 ? <span class="bad">{words}, low</span> : <>{words}</>
}
