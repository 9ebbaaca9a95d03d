// With what every action begins: it has to be allowed, and what it is about has to live.

import type { System } from '@sluice/core'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'

/** Refuses unless this node allows it; `what` is what was asked for, such as `ending actors`. */
export function demandAllowed({ options }: Services, what: string): void {
  if (options.adminActions) return
  throw new NoView(403, `${what} is not allowed here: see adminActions`)
}

/** The live actor with this id. */
export function liveActor(system: System, id: string): NonNullable<ReturnType<System['find']>> {
  const actor = system.find(id)
  if (actor === undefined) throw new NoView(404, `no live actor ${id}`)
  return actor
}
