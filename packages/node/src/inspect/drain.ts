// Draining a node by hand: it takes no new connections, and says goodbye to those that it has. The process stays, for whoever runs
// it to end.

import { connections, drain } from '../drain.ts'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery } from './query.ts'

export interface Draining {
  node: string
  /** To whom it says goodbye. */
  connections: number
}

/** Begins to drain this node; `reason` is logged. */
export function drainNode(services: Services, query: URLSearchParams): Draining {
  const { options } = services
  if (!options.adminActions) {
    throw new NoView(403, 'draining is not allowed here: see adminActions')
  }
  if (services.draining) throw new NoView(409, `${options.name} drains already`)
  const { reason } = readQuery(query, { reason: anyText() })
  const many = connections(services).length
  void drain(services, reason.slice(0, 100) || 'drained by an operator')
  return { node: options.name, connections: many }
}
