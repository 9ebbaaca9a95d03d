// Ending an actor by hand: the one thing that looking can change, so it is off unless the configuration allows it.

import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery } from './query.ts'

export interface Ended {
  node: string
  id: string
  behavior: string
}

/** Ends the actor with the `id` of the query, and with it all that it owns; `reason` goes into its end. */
export function endActor(services: Services, query: URLSearchParams): Ended {
  const { system, options, events } = services
  if (!options.adminActions) {
    throw new NoView(403, 'ending actors is not allowed here: see adminActions')
  }
  const { id, reason: given } = readQuery(query, { id: anyText(), reason: anyText() })
  const actor = system.find(id)
  if (actor === undefined) throw new NoView(404, `no live actor ${id}`)
  if (actor === system.root) throw new NoView(400, 'the root ends with its process: send SIGTERM')
  const reason = given.slice(0, 200) || 'by an operator'
  events.emit({ name: 'actor.killed', actor: id, behavior: actor.behavior.name, reason })
  actor.stop(reason)
  return { node: options.name, id, behavior: actor.behavior.name }
}
