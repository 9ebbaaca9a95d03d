// What somebody wants to see of the actors: which of them, how many, how, and of which nodes.

import { type ActorFilter, type StateName, states, type WaitClass, waitClasses } from '@sluice/core'
import { anyText, flag, maybe, maybeText, readQuery, time, whole, word } from './query.ts'
import { rankNames, type RankName } from './ranks.ts'

export interface ActorsQuery {
  /** 1: groups. 2: every actor. */
  readonly debug: 1 | 2
  readonly format: 'text' | 'json'
  /** This node, every node, or the one with this name. */
  readonly scope: 'node' | 'cluster' | { readonly node: string }
  /** Of those that fit, so many of the first are left out. */
  readonly skip: number
  /** Actors listed, of each node. */
  readonly limit: number
  /** The greatest first. Default: in the order of the table. */
  readonly sort: RankName | undefined
  /** With the number of each one's children, and with those above. */
  readonly family: boolean
  /** Only those with this text in their id, behaviour or label. */
  readonly search: string
  readonly filter: ActorsFilter
}

/** Those that must be so; what is empty, 0 or false asks for nothing. */
export interface ActorsFilter {
  readonly state: StateName | undefined
  readonly behavior: string
  /** Class of a wait. */
  readonly wait: WaitClass | undefined
  readonly id: string
  /** Children of the actor with this id. */
  readonly parent: string
  /** In the table before the actor with this id. */
  readonly before: string
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
  const { debug, scope, node, format, ...asked } = readQuery(parameters, {
    debug: word('1', '2'),
    format: word('text', 'json'),
    scope: word('node', 'cluster'),
    node: maybeText(),
    skip: whole(0, 999_999_999, 0),
    limit: whole(1, 999_999_999, Infinity),
    sort: maybe(rankNames),
    family: flag(),
    search: anyText(),
    state: maybe(states),
    behavior: anyText(),
    wait: maybe(waits),
    id: anyText(),
    parent: anyText(),
    before: anyText(),
    room: anyText(),
    older: time(),
    blocked: flag(),
  })
  const { skip, limit, sort, family, search, ...filter } = asked
  return {
    debug: debug === '2' ? 2 : 1,
    format,
    scope: node === undefined ? scope : { node },
    skip,
    limit,
    sort,
    family,
    search,
    filter,
  }
}

/** How long a handler may run before it counts as blocked. */
const longTurnMs = 1_000

/** What is asked of the table. `inRoom` has the ids of the room and of its members. */
export function actorFilterOf(
  { state, behavior, wait, id, parent, before, room, older, blocked }: ActorsFilter,
  inRoom: ReadonlySet<string>,
): ActorFilter {
  return {
    ...(state && { state }),
    ...(behavior !== '' && { behavior }),
    ...(wait && { wait }),
    ...(id !== '' && { id }),
    ...(parent !== '' && { parent }),
    ...(before !== '' && { before }),
    ...(room !== '' && { among: inRoom }),
    ...(older > 0 && { minMs: older }),
    ...(blocked && { blockedMs: longTurnMs }),
  }
}
