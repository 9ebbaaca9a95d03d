// What every node says is wrong with it: `/debug/nodes/lints`.

import type { NodeLints, Reached } from '../answers.ts'
import { type Polled, usePoll } from '../poll.ts'
import { api } from '../state.ts'

export type LintsAnswer = Reached<NodeLints>

export function useNodeLints(): Polled<LintsAnswer> {
  return usePoll(
    'nodes lints',
    (signal) => api.get<LintsAnswer>('/debug/nodes/lints', {}, signal),
    5_000,
  )
}
