// What a node can say about itself when it is asked, by an operator here or by another node on an operator's behalf. A view
// takes a query and gives plain data that JSON can carry, or that JSON itself, or throws a NoView.

import type { MaybePromise } from '@sluice/core'
import type { Services } from '../services.ts'
import { viewActor } from './actor.ts'
import { viewActors } from './actors.ts'
import { takeForOperator, viewDump, viewDumps } from './dumps.ts'
import { viewConnections } from './connections.ts'
import { viewCrowds } from './crowds.ts'
import { drainNode } from './drain.ts'
import { dumpActor } from './dump-actor.ts'
import { endActor } from './end.ts'
import { viewExplanation } from './explain.ts'
import { viewFigures } from './figures.ts'
import { viewFlight } from './flight.ts'
import { viewLints } from './lints.ts'
import { readQuery } from './query.ts'
import type { ReadyJson } from './ready-json.ts'
import { viewRoom } from './room.ts'
import { viewRooms } from './rooms.ts'
import { sampleStacks } from './stacks.ts'
import { viewTabs } from './tabs.ts'
import { startTrace, viewTrace } from './trace.ts'
import { viewNode } from './facts.ts'

export type View = (services: Services, query: URLSearchParams) => MaybePromise<object | ReadyJson>

/** Every view, by the name under which other nodes ask for it. */
export const views: ReadonlyMap<string, View> = new Map<string, View>([
  ['actors', viewActors],
  ['actor', viewActor],
  ['end', endActor],
  ['trace', viewTrace],
  ['start-trace', startTrace],
  ['dump-actor', dumpActor],
  ['drain', drainNode],
  ['node', bare(viewNode)],
  ['figures', bare(viewFigures)],
  ['rooms', viewRooms],
  ['room', viewRoom],
  ['connections', viewConnections],
  ['crowds', viewCrowds],
  ['flight', viewFlight],
  ['explain', viewExplanation],
  ['lints', bare(viewLints)],
  ['tabs', bare(viewTabs)],
  ['stacks', sampleStacks],
  ['take', takeForOperator],
  ['dumps', bare(viewDumps)],
  ['dump', viewDump],
])

/** A view about which there is nothing to say. */
function bare(view: View): View {
  return (services, query) => {
    readQuery(query, {})
    return view(services, query)
  }
}
