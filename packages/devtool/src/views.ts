// The views, by the name in the address.

import type { ComponentType } from 'preact'
import type { Route } from './data/route.ts'
import { ActorView } from './views/actor.tsx'
import { ActorsView } from './views/actors.tsx'
import { DeadView } from './views/dead.tsx'
import { NodesView } from './views/nodes.tsx'

export const views: Record<Route['view'], ComponentType> = {
  overview: NodesView,
  tree: NodesView,
  map: NodesView,
  blocked: NodesView,
  actors: ActorsView,
  actor: ActorView,
  rooms: NodesView,
  connections: NodesView,
  nodes: NodesView,
  dumps: NodesView,
  dead: DeadView,
  flight: NodesView,
}
