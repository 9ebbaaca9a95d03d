// What a node says its actors mean: `/debug/view/explain`.

import type { Blocked, Dump, LintReport, StateMap, WaitGraph } from '@sluice/core'
import { usePoll, type Polled } from './poll.ts'
import { api, node } from './state.ts'

interface Parts {
  readonly lints: LintReport
  readonly blocked: Blocked
  readonly graph: WaitGraph
  readonly map: StateMap
}

/** With the parts that were asked for. */
export type Explanation<Part extends keyof Parts> = Omit<Dump, 'actors'> &
  Pick<Parts, Part> & { readonly listed: number }

export function useExplanation<Part extends keyof Parts>(
  parts: readonly Part[],
  everyMs = 3_000,
): Polled<Explanation<Part>> {
  const query = { node: node.value, parts: parts.join() }
  return usePoll(
    `explain ${query.node} ${query.parts}`,
    (signal) => api.get<Explanation<Part>>('/debug/view/explain', query, signal),
    everyMs,
  )
}
