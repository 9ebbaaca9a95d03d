// The actors of this node, as a query wants them. The loop is held for the copy of the table and then in slices, however many
// actors there are.

import {
  type Dump,
  dumpSystem,
  printActors,
  printGroups,
  type SlicedDumpOptions,
} from '@sluice/core'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { actorFilterOf, type ActorsQuery, readActorsQuery } from './actors-query.ts'
import { rankFor } from './ranks.ts'

/** What another node takes apart, and what this one puts together, in one piece: a few milliseconds of each loop. */
const mostFromAfar = 10_000

/** What was asked for, of this node; for those who ask from another one. As text it is one. */
export async function viewActors(
  services: Services,
  parameters: URLSearchParams,
): Promise<Dump | { text: string }> {
  const query = readActorsQuery(parameters)
  if (query.debug === 2 && query.limit > mostFromAfar) {
    throw new NoView(
      400,
      `limit: from another node at most ${mostFromAfar}; ask it itself for more`,
    )
  }
  const dump = await dumpSystem(services.system, await dumpOptionsFor(services, query))
  if (query.format === 'json') return dump
  return { text: query.debug === 1 ? printGroups(dump) : printActors(dump) }
}

/** How to take the dump that the query is about. */
export async function dumpOptionsFor(
  services: Services,
  { debug, filter, search, skip, limit, sort, family }: ActorsQuery,
): Promise<SlicedDumpOptions> {
  const { system } = services
  const known = actorFilterOf(filter, membersOf(services, filter.room))
  const rank = sort === undefined ? undefined : await rankFor(system, sort)
  return {
    skip,
    limit,
    family,
    ...(search !== '' && { search }),
    ...(Object.keys(known).length > 0 && { filter: known }),
    groups: debug === 1,
    tombstones: debug === 1 ? 0 : 100,
    ...(rank && { rank }),
  }
}

/** The ids of a room and of its members here. */
function membersOf({ directory, registry }: Services, name: string): Set<string> {
  const room = name === '' ? undefined : directory.get(name)
  if (room === undefined) return new Set()
  const ids = room.members.map(({ info }) => registry.client(info.client)?.self.id)
  return new Set([room.ref.id, ...ids.filter((id) => id !== undefined)])
}
