// Who held the loop, as the reason of a stall's dump names it: `busy 8 in spin (busy.ts:30)`. Pure.

import type { Dump } from '@sluice/core'

/** Its id, if the dump lists it. */
export function stalledActor({
  reason,
  actors,
}: Pick<Dump, 'reason' | 'actors'>): string | undefined {
  if (reason?.trigger !== 'stall') return undefined
  const detail = `${reason.detail ?? ''} `
  return actors.find(({ behavior, id }) => detail.startsWith(`${behavior} ${id} `))?.id
}
