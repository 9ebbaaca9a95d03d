// What a node says its actors mean: `/debug/view/explain`.

import type { Blocked, Dump, LintReport, StateMap, WaitGraph } from '@sluice/core'
import { usePoll, type Polled } from './poll.ts'
import { api, node } from './state.ts'

export interface Explanation extends Omit<Dump, 'actors'> {
  readonly listed: number
  readonly lints: LintReport
  readonly blocked: Blocked
  readonly graph: WaitGraph
  readonly map: StateMap
}

export function useExplanation(everyMs = 3_000): Polled<Explanation> {
  return usePoll(
    `explain ${node.value}`,
    (signal) => api.get<Explanation>('/debug/view/explain', { node: node.value }, signal),
    everyMs,
  )
}
