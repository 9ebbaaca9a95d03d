// Ending an actor by hand: the one thing that looking can change, so it is off unless the configuration allows it.

import type { Services } from '../services.ts'
import { demandAllowed, liveActor } from './actions.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery, reasonOr } from './query.ts'

export interface Ended {
  node: string
  id: string
  behavior: string
}

/** Ends the actor with the `id` of the query, and with it all that it owns; `reason` goes into its end. */
export function endActor(services: Services, query: URLSearchParams): Ended {
  const { system, options, events } = services
  demandAllowed(services, 'ending actors')
  const { id, reason } = readQuery(query, { id: anyText(), reason: reasonOr('by an operator') })
  const actor = liveActor(system, id)
  if (actor === system.root) throw new NoView(400, 'the root ends with its process: send SIGTERM')
  events.emit({ name: 'actor.killed', actor: id, behavior: actor.behavior.name, reason })
  actor.stop(reason)
  return { node: options.name, id, behavior: actor.behavior.name }
}
