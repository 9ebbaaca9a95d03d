import { describe, expect, test } from 'vitest'
import { readActorsQuery } from '../../src/inspect/actors-query.ts'
import type { NoView } from '../../src/inspect/no-view.ts'

const read = (query: string): unknown => readActorsQuery(new URLSearchParams(query))

/** Why it is refused. */
function faultsOf(query: string): string[] {
  try {
    read(query)
  } catch (error) {
    return (error as NoView).message.split('; ')
  }
  return []
}

describe('what is asked of the actors', () => {
  test('is groups of all of this node as text, unless it is said', () => {
    expect(read('')).toMatchObject({
      debug: 1,
      format: 'text',
      scope: 'node',
      skip: 0,
      limit: Infinity,
      family: false,
      search: '',
    })
    expect(read('scope=cluster')).toMatchObject({ scope: 'cluster' })
    expect(read('scope=cluster&node=b')).toMatchObject({ scope: { node: 'b' } })
  })

  test('is refused with the name of all that cannot be read', () => {
    expect(
      faultsOf(
        'debug=3&format=xml&limit=0&skip=-1&family=all&state=asleep&wait=x&foo=1&scope=all&older=x&sort=z&blocked=1',
      ).toSorted(),
    ).toEqual([
      'blocked: expected one of false, true, got "1"',
      'debug: expected one of 1, 2, got "3"',
      'family: expected one of false, true, got "all"',
      'foo: unknown key, known are debug, format, scope, node, skip, limit, sort, family, search, state, behavior, wait, id, parent, before, room, older, blocked',
      'format: expected one of text, json, got "xml"',
      'limit: expected a whole number from 1 to 999999999, got "0"',
      'older: expected a time such as 30s, got "x"',
      'scope: expected one of node, cluster, got "all"',
      'skip: expected a whole number from 0 to 999999999, got "-1"',
      'sort: expected one of rate, handled, mailbox, state, age, got "z"',
      'state: expected one of idle, running, waiting, dead, got "asleep"',
      'wait: expected one of socket, ask, mailbox, lock, redis, timer, child, promise, got "x"',
    ])
  })
})
