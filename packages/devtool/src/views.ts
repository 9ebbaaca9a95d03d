// The views, by the name in the address.

import type { ComponentType } from 'preact'
import type { Route } from './data/route.ts'
import { ActorView } from './views/actor.tsx'
import { ActorsView } from './views/actors.tsx'
import { BlockedView } from './views/blocked.tsx'
import { ClusterBlockedView } from './views/cluster-blocked.tsx'
import { ClusterView } from './views/cluster.tsx'
import { ConnectionsView } from './views/connections.tsx'
import { DeadView } from './views/dead.tsx'
import { DumpsView } from './views/dumps.tsx'
import { FlightView } from './views/flight.tsx'
import { MapView } from './views/map.tsx'
import { NodesView } from './views/nodes.tsx'
import { OverviewView } from './views/overview.tsx'
import { RoomView } from './views/room.tsx'
import { RoomsView } from './views/rooms.tsx'
import { TabView } from './views/tab.tsx'
import { TreeView } from './views/tree.tsx'

export const views: Record<Route['view'], ComponentType> = {
  overview: OverviewView,
  tree: TreeView,
  map: MapView,
  blocked: BlockedView,
  actors: ActorsView,
  actor: ActorView,
  tab: TabView,
  rooms: RoomsView,
  room: RoomView,
  connections: ConnectionsView,
  nodes: NodesView,
  dumps: DumpsView,
  dead: DeadView,
  flight: FlightView,
}

/** What there is of all nodes together. */
export const clusterViews: Partial<Record<Route['view'], ComponentType>> = {
  overview: ClusterView,
  blocked: ClusterBlockedView,
  nodes: NodesView,
  tab: TabView,
}
