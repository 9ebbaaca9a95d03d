// The actors of this node, as a query wants them.

import {
  type Dump,
  type DumpOptions,
  type Group,
  groupActors,
  printActors,
  printGroups,
  takeDump,
} from '@sluice/core'
import type { Services } from '../services.ts'
import { NoView } from './no-view.ts'
import { type ActorsQuery, filterOf, parseActorsQuery } from './query.ts'

/** A dump with its groups in place of its actors. */
export type GroupedDump = Omit<Dump, 'actors' | 'tombstones'> & { groups: Group[] }

/** What was asked for, of this node. As text it is one. */
export function viewActors(
  services: Services,
  parameters: URLSearchParams,
): Dump | GroupedDump | { text: string } {
  const query = parseActorsQuery(parameters)
  if (typeof query === 'string') throw new NoView(400, query)
  const dump = dumpActors(services, query)
  if (query.format === 'text') {
    return { text: query.debug === 1 ? printGroups(dump) : printActors(dump) }
  }
  return query.debug === 1 ? grouped(dump) : dump
}

/** A dump of those that the query is about. */
function dumpActors(services: Services, query: ActorsQuery): Dump {
  const { debug, filter, limit } = query
  const where = filterOf(filter, membersOf(services, filter.room))
  const options: DumpOptions = { limit, tombstones: debug === 1 ? 0 : 100 }
  return takeDump(services.system, where === undefined ? options : { ...options, where })
}

function grouped(dump: Dump): GroupedDump {
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
