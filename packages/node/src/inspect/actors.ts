// The actors of this node, as a query wants them. The loop is held for the copy of the table and then in slices, however many
// actors there are.

import {
  type Dump,
  dumpSystem,
  type Group,
  groupActors,
  printActors,
  printGroups,
  type SlicedDumpOptions,
} from '@sluice/core'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { type ActorsQuery, cutFilterOf, parseActorsQuery, rowFilterOf } from './query.ts'
import { rankFor } from './ranks.ts'

/** A dump with its groups in place of its actors. */
export type GroupedDump = Omit<Dump, 'actors' | 'tombstones'> & { groups: Group[] }

/** What was asked for, of this node. As text it is one. */
export async function viewActors(
  services: Services,
  parameters: URLSearchParams,
): Promise<Dump | GroupedDump | { text: string }> {
  const query = parseActorsQuery(parameters)
  if (typeof query === 'string') throw new NoView(400, query)
  const dump = await dumpActors(services, query)
  if (query.format === 'text') {
    return { text: query.debug === 1 ? printGroups(dump) : printActors(dump) }
  }
  return query.debug === 1 ? grouped(dump) : dump
}

/** A dump of those that the query is about. */
export async function dumpActors(services: Services, query: ActorsQuery): Promise<Dump> {
  const { debug, filter, limit, sort } = query
  const { system } = services
  const where = rowFilterOf(filter, membersOf(services, filter.room))
  const rank = sort === undefined ? undefined : await rankFor(system, sort)
  const options: SlicedDumpOptions = {
    limit,
    filter: cutFilterOf(filter),
    tombstones: debug === 1 ? 0 : 100,
    ...(where && { where }),
    ...(rank && { rank }),
  }
  return await dumpSystem(system, options)
}

/** Its groups alone. */
export function grouped(dump: Dump): GroupedDump {
  const { actors: _actors, tombstones: _tombstones, ...rest } = dump
  return { ...rest, groups: groupActors(dump) }
}

/** The ids of a room and of its members here. */
function membersOf({ directory, registry }: Services, name: string): Set<string> {
  const room = name === '' ? undefined : directory.get(name)
  if (room === undefined) return new Set()
  const ids = room.members.map(({ info }) => registry.client(info.client)?.self.id)
  return new Set([room.ref.id, ...ids.filter((id) => id !== undefined)])
}
