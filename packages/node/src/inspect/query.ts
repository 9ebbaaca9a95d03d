// What somebody wants to see of the actors: which of them, how many, how, and of which nodes.

import {
  type ActorFilter,
  type ActorRow,
  type StateName,
  states,
  type WaitClass,
  waitClasses,
} from '@sluice/core'
import { parseDuration } from '../duration.ts'
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
  readonly state: StateName | ''
  readonly behavior: string
  /** Class of a wait. */
  readonly wait: WaitClass | ''
  /** Children of the actor with this id. */
  readonly parent: string
  /** In a room of this name: the room, its behaviour, its members. */
  readonly room: string
  /** In their state for so long. */
  readonly olderMs: number
  /** Waiting, or in one handler for a second. */
  readonly blocked: boolean
}

/** Reads the query; a text says what is wrong with it. `token` is the gate's and may stand in it. */
export function parseActorsQuery(parameters: URLSearchParams): ActorsQuery | string {
  const problems: string[] = []
  const given = new Map(parameters)
  given.delete('token')
  const one = <K extends string, F>(name: string, known: readonly K[], fallback: F): K | F => {
    const value = given.get(name)
    if (value === undefined) return fallback
    const found = known.find((each) => each === value)
    if (found === undefined) problems.push(`${name}: expected one of ${known.join(', ')}`)
    return found ?? fallback
  }
  for (const name of given.keys()) {
    if (!parameterNames.includes(name)) {
      problems.push(`${name}: unknown, known are ${parameterNames.join(', ')}`)
    }
  }
  const limit = given.get('limit')
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) {
    problems.push('limit: expected a whole number from 1 to 999999999')
  }
  const older = given.get('older')
  const olderMs =
    older === undefined ? 0 : parseDuration(/^\d+$/.test(older) ? `${older}ms` : older)
  if (olderMs === undefined) problems.push('older: expected a time such as 30s')
  const query: ActorsQuery = {
    debug: one('debug', ['1', '2'], '1') === '2' ? 2 : 1,
    format: one('format', ['text', 'json'], 'text') === 'json' ? 'json' : 'text',
    scope: scopeOf(given.get('scope'), given.get('node')),
    limit: limit === undefined ? Infinity : Number(limit),
    sort: one('sort', rankNames, undefined),
    filter: {
      state: one('state', states, ''),
      behavior: given.get('behavior') ?? '',
      wait: one('wait', waitClasses.slice(1) as WaitClass[], ''),
      parent: given.get('parent') ?? '',
      room: given.get('room') ?? '',
      olderMs: olderMs ?? 0,
      blocked: one('blocked', ['true', 'false'], 'false') === 'true',
    },
  }
  if (!['node', 'cluster', undefined].includes(given.get('scope'))) {
    problems.push('scope: expected node or cluster')
  }
  return problems.length === 0 ? query : problems.join('; ')
}

const parameterNames = [
  'debug',
  'format',
  'scope',
  'node',
  'limit',
  'sort',
  'state',
  'behavior',
  'wait',
  'parent',
  'room',
  'older',
  'blocked',
]

function scopeOf(scope: string | undefined, node: string | undefined): ActorsQuery['scope'] {
  if (node !== undefined) return { node }
  return scope === 'cluster' ? 'cluster' : 'node'
}

/** How long a handler may run before it counts as blocked. */
const longTurnMs = 1_000

/** What the table itself can tell. */
export function cutFilterOf({ state, behavior, wait, parent, olderMs }: ActorsFilter): ActorFilter {
  return {
    ...(state !== '' && { state }),
    ...(behavior !== '' && { behavior }),
    ...(wait !== '' && { wait }),
    ...(parent !== '' && { parent }),
    ...(olderMs > 0 && { minMs: olderMs }),
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
