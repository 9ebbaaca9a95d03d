// Draining a node by hand: it takes no new connections, and says goodbye to those that it has. The process stays, for whoever runs
// it to end.

import { connections, drain } from '../drain.ts'
import type { Services } from '../services.ts'
import { demandAllowed } from './actions.ts'
import { NoView } from './no-view.ts'
import { readQuery, reasonOr } from './query.ts'

export interface Draining {
  node: string
  /** To whom it says goodbye. */
  connections: number
}

/** Begins to drain this node; `reason` is logged. */
export function drainNode(services: Services, query: URLSearchParams): Draining {
  const { options } = services
  demandAllowed(services, 'draining')
  if (services.draining) throw new NoView(409, `${options.name} drains already`)
  const { reason } = readQuery(query, { reason: reasonOr('drained by an operator', 100) })
  const many = connections(services).length
  void drain(services, reason)
  return { node: options.name, connections: many }
}
