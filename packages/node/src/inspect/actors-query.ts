// What somebody wants to see of the actors: which of them, how many, how, and of which nodes.

import {
  type ActorFilter,
  type ActorRow,
  type StateName,
  states,
  type WaitClass,
  waitClasses,
} from '@sluice/core'
import { anyText, flag, maybe, maybeText, readQuery, time, whole, word } from './query.ts'
import { rankNames, type RankName } from './ranks.ts'

export interface ActorsQuery {
  /** 1: groups. 2: every actor. */
  readonly debug: 1 | 2
  readonly format: 'text' | 'json'
  /** This node, every node, or the one with this name. */
  readonly scope: 'node' | 'cluster' | { readonly node: string }
  /** Actors listed, of each node. */
  readonly limit: number
  /** The greatest first. Default: in the order of the table. */
  readonly sort: RankName | undefined
  readonly filter: ActorsFilter
}

/** Those that must be so; what is empty, 0 or false asks for nothing. */
export interface ActorsFilter {
  readonly state: StateName | undefined
  readonly behavior: string
  /** Class of a wait. */
  readonly wait: WaitClass | undefined
  /** Children of the actor with this id. */
  readonly parent: string
  /** In a room of this name: the room, its behaviour, its members. */
  readonly room: string
  /** In their state for so long. */
  readonly older: number
  /** Waiting, or in one handler for a second. */
  readonly blocked: boolean
}

const waits = waitClasses.slice(1) as WaitClass[]

/** Reads the query. Throws a NoView. */
export function readActorsQuery(parameters: URLSearchParams): ActorsQuery {
  const { debug, scope, node, format, limit, sort, ...filter } = readQuery(parameters, {
    debug: word('1', '2'),
    format: word('text', 'json'),
    scope: word('node', 'cluster'),
    node: maybeText(),
    limit: whole(1, 999_999_999, Infinity),
    sort: maybe(rankNames),
    state: maybe(states),
    behavior: anyText(),
    wait: maybe(waits),
    parent: anyText(),
    room: anyText(),
    older: time(),
    blocked: flag(),
  })
  return {
    debug: debug === '2' ? 2 : 1,
    format,
    scope: node === undefined ? scope : { node },
    limit,
    sort,
    filter,
  }
}

/** How long a handler may run before it counts as blocked. */
const longTurnMs = 1_000

/** What the table itself can tell. */
export function cutFilterOf({ state, behavior, wait, parent, older }: ActorsFilter): ActorFilter {
  return {
    ...(state && { state }),
    ...(behavior !== '' && { behavior }),
    ...(wait && { wait }),
    ...(parent !== '' && { parent }),
    ...(older > 0 && { minMs: older }),
  }
}

/** The test of a row for the rest, or undefined when all pass. `inRoom` has the ids of the room and of its members. */
export function rowFilterOf(
  { room, blocked }: ActorsFilter,
  inRoom: ReadonlySet<string>,
): ((actor: ActorRow) => boolean) | undefined {
  if (room === '' && !blocked) return undefined
  return ({ id, parent, state, ms }) =>
    (room === '' || inRoom.has(id) || inRoom.has(parent)) &&
    (!blocked || state === 'waiting' || (state === 'running' && ms >= longTurnMs))
}
