// `/debug/actors`: what every actor is doing now, as groups (`debug=1`) or one by one (`debug=2`), as text or JSON.

import {
  groupActors,
  printActors,
  printGroups,
  type Dump,
  type DumpOptions,
  states,
  type System,
  takeDump,
} from '@sluice/core'
import { waitClasses } from '../metrics/census.ts'
import { sendError, sendJson, sendText } from './answer.ts'
import type { Route } from './routes.ts'

/** What the query asks for. */
export interface ActorsQuery {
  readonly debug: 1 | 2
  readonly format: 'text' | 'json'
  /** Actors looked at. */
  readonly limit: number
  /** Those that must be so; empty for any. */
  readonly state: string
  readonly behavior: string
  readonly wait: string
}

/** The page of this system's actors. */
export function createActorsPage(system: System): Route {
  return {
    GET(_request, response, url) {
      const query = parseActorsQuery(url.searchParams)
      if (typeof query === 'string') return sendError(response, 400, query)
      const dump = takeDump(system, optionsFor(query))
      if (query.format === 'text') {
        const print = query.debug === 1 ? printGroups : printActors
        return sendText(response, 200, print(dump))
      }
      sendJson(response, 200, query.debug === 1 ? grouped(dump) : dump)
    },
  }
}

/** Reads the query; a text says what is wrong with it. `token` is the gate's and may stand in it. */
export function parseActorsQuery(parameters: URLSearchParams): ActorsQuery | string {
  const problems: string[] = []
  const given = new Map(parameters)
  given.delete('token')
  const one = (name: string, known: readonly string[], fallback: string): string => {
    const value = given.get(name)
    if (value === undefined) return fallback
    if (!known.includes(value)) problems.push(`${name}: expected one of ${known.join(', ')}`)
    return value
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
  const query: ActorsQuery = {
    debug: one('debug', ['1', '2'], '1') === '2' ? 2 : 1,
    format: one('format', ['text', 'json'], 'text') === 'json' ? 'json' : 'text',
    limit: limit === undefined ? Infinity : Number(limit),
    state: one('state', states, ''),
    behavior: given.get('behavior') ?? '',
    wait: one('wait', waitClasses, ''),
  }
  return problems.length === 0 ? query : problems.join('; ')
}

const parameterNames = ['debug', 'format', 'limit', 'state', 'behavior', 'wait']

function optionsFor({ debug, limit, state, behavior, wait }: ActorsQuery): DumpOptions {
  const options: DumpOptions = { limit, tombstones: debug === 1 ? 0 : 100 }
  if (state === '' && behavior === '' && wait === '') return options
  return {
    ...options,
    where: (actor) =>
      (state === '' || actor.state === state) &&
      (behavior === '' || actor.behavior === behavior) &&
      (wait === '' || actor.wait?.class === wait),
  }
}

/** A dump with its groups in place of its actors. */
function grouped(dump: Dump): object {
  return {
    ...dump,
    actors: undefined,
    tombstones: undefined,
    groups: groupActors(dump),
  }
}
