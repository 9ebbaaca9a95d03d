import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NoView } from '../../src/inspect/no-view.ts'
import {
  anyText,
  flag,
  maybe,
  maybeShare,
  maybeText,
  readQuery,
  some,
  time,
  whole,
  word,
} from '../../src/inspect/query.ts'

const shape = {
  form: word('text', 'json'),
  sort: maybe(['rate', 'age']),
  search: anyText(),
  node: maybeText(),
  blocked: flag(),
  limit: whole(1, 1_000, 500),
  share: maybeShare(),
  older: time(),
  parts: some(['lints', 'graph']),
}

const read = (query: string): object => readQuery(new URLSearchParams(query), shape)

/** What is wrong with it, and nothing when nothing is. */
function faultsOf(query: string): string[] {
  try {
    read(query)
    return []
  } catch (error) {
    if (!(error instanceof NoView) || error.status !== 400) throw error
    return error.message.split('; ')
  }
}

describe('a query', () => {
  test('has what is meant where it says nothing', () => {
    expect(read('')).toEqual({
      form: 'text',
      search: '',
      blocked: false,
      limit: 500,
      older: 0,
      parts: ['lints', 'graph'],
    })
  })

  test('is read into what its words stand for', () => {
    expect(
      read(
        'form=json&sort=age&search=%C3%84pfel&node=a&blocked=true&limit=7&share=.5&older=2m&parts=graph&token=x',
      ),
    ).toEqual({
      form: 'json',
      sort: 'age',
      search: 'Äpfel',
      node: 'a',
      blocked: true,
      limit: 7,
      share: 0.5,
      older: 120_000,
      parts: ['graph'],
    })
    expect(read('older=250')).toMatchObject({ older: 250 })
  })

  test.each([
    ['form=xml', 'form: expected one of text, json, got "xml"'],
    ['form=', 'form: expected one of text, json, got ""'],
    ['sort=size', 'sort: expected one of rate, age, got "size"'],
    ['blocked=yes', 'blocked: expected one of false, true, got "yes"'],
    ['limit=0', 'limit: expected a whole number from 1 to 1000, got "0"'],
    ['limit=1001', 'limit: expected a whole number from 1 to 1000, got "1001"'],
    ['limit=07', 'limit: expected a whole number from 1 to 1000, got "07"'],
    ['limit=1e2', 'limit: expected a whole number from 1 to 1000, got "1e2"'],
    ['limit=', 'limit: expected a whole number from 1 to 1000, got ""'],
    ['share=2', 'share: expected a number from 0 to 1, got "2"'],
    ['share=', 'share: expected a number from 0 to 1, got ""'],
    ['older=soon', 'older: expected a time such as 30s, got "soon"'],
    ['parts=graph,x', 'parts: expected some of lints,graph, got "graph,x"'],
    ['parts=', 'parts: expected some of lints,graph, got ""'],
    ['serach=x', 'serach: unknown key, did you mean search?'],
    [
      'x=1',
      'x: unknown key, known are form, sort, search, node, blocked, limit, share, older, parts',
    ],
    ['search=a&search=b', 'search: given more than once'],
  ])('is refused for %s', (query, fault) => {
    expect(faultsOf(query)).toEqual([fault])
  })

  test('tells every fault at once', () => {
    expect(faultsOf('form=xml&limit=0&x=1&x=2').map((fault) => fault.split(':')[0])).toEqual([
      'x',
      'form',
      'limit',
      'x',
    ])
  })

  test('is refused at once, however long a number that is none', () => {
    const query = new URLSearchParams({ share: `${'1'.repeat(1_000_000)}x` })
    const readLong = (): string => faultsOf(query.toString()).join()
    const fault: unknown = runInNewContext('readLong()', { readLong }, { timeout: 10_000 })
    expect(fault).toMatch(/^share: expected a number from 0 to 1, got "1+…"$/)
  })

  test('that knows no key says so', () => {
    expect(() => readQuery(new URLSearchParams('x=1'), {})).toThrow('x: unknown key, there is none')
    expect(readQuery(new URLSearchParams('token=x'), {})).toEqual({})
  })

  test('whatever stands in it, is read or refused with a short text', () => {
    const pair = fc.tuple(
      fc.oneof(fc.string(), fc.constantFrom(...Object.keys(shape))),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 60 }), (pairs) => {
        const faults = faultsOf(new URLSearchParams(pairs).toString())
        expect(faults.join('; ').length).toBeLessThanOrEqual(1_000)
        const known = pairs.every(([key]) => key === 'token' || Object.hasOwn(shape, key))
        expect(known || faults.length > 0).toBe(true)
      }),
    )
  })
})
