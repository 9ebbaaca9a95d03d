// What a returning subscriber gets: all it missed, or nothing and a clear word. Pure.
//
//   history since its position ─┐
//                               ├─▶ sort by offset, drop doubles ─▶ no hole? ─▶ recovered
//   live while that was read ───┘                                  hole ─────▶ refused, with the current position

import type { HistoryResult, Publication } from '@sluice/cluster'

export interface Recovery {
  recovered: boolean
  publications: Publication[]
  /** Where the subscriber stands after the answer. */
  offset: number
}

/** Joins the past and what came live while it was read. `since` is the subscriber's own offset. */
export function recover(
  since: number,
  past: HistoryResult,
  live: readonly Publication[],
): Recovery {
  const refused = { recovered: false, publications: [], offset: lastOffset(past.offset, live) }
  if (!past.complete) return refused
  const publications: Publication[] = []
  let offset = since
  for (const publication of [...past.publications, ...live]) {
    const at = publication.offset ?? 0
    if (at <= offset) continue
    if (at !== offset + 1) return refused
    publications.push(publication)
    offset = at
  }
  return offset < past.offset ? refused : { recovered: true, publications, offset }
}

/** The position of one who does not recover: what came live meanwhile is past for it too. */
export function lastOffset(offset: number, live: readonly Publication[]): number {
  return live.reduce((last, publication) => Math.max(last, publication.offset ?? 0), offset)
}
