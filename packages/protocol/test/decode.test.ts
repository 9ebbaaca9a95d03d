import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { decodeFrame, errors, ProtocolError, resolveDecodeLimits } from '../src/index.ts'
import { anyCommand, commandText, outcome } from './wire.ts'

/** The reason with which a frame is refused. */
function refusal(text: string): string {
  const refused = outcome(text)
  return refused instanceof ProtocolError ? refused.reason : 'not refused'
}

describe('a frame', () => {
  test('holds commands in order, one a line, blank lines aside', () => {
    const frame = '\n{"id":1,"ping":{}}\n \t\r\n{}\r\n\n{"send":{"data":[1]}}\n'
    expect(decodeFrame(frame)).toEqual([
      { id: 1, method: 'ping', request: {} },
      { method: 'pong' },
      { id: 0, method: 'send', request: { data: [1] } },
    ])
  })

  test('may hold nothing', () => {
    expect(decodeFrame('')).toEqual([])
    expect(decodeFrame(' \n\r\n\t')).toEqual([])
  })

  test('{} is a pong however it is spaced', () => {
    expect(decodeFrame('{}')).toEqual([{ method: 'pong' }])
    expect(decodeFrame(' { } ')).toEqual([{ method: 'pong' }])
  })

  test('is refused whole for one bad line, and the reason has its number', () => {
    expect(refusal('{"id":1,"ping":{}}\n\n{"id":2,')).toBe('bad request: line 3: not JSON')
  })

  test('leaves the commands beside a rejected one alone', () => {
    expect(decodeFrame('{"id":1,"ping":{}}\n{"id":2,"rpc":{}}\n{"id":3,"ping":{}}')).toMatchObject([
      { method: 'ping', id: 1 },
      { method: 'rejected', id: 2 },
      { method: 'ping', id: 3 },
    ])
  })

  test('of arbitrary text is decoded, or refused with a code and a reason that fit a close frame', () => {
    const scraps = ['\n', '{', '}', '[', '"', '\\', 'null', '{"id":1}', '{}', '1e400', '__proto__']
    const piece = fc.oneof(
      anyCommand.map(commandText),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...scraps),
    )
    const cut = fc.record({ at: fc.nat(400), length: fc.nat(5), put: fc.string() })
    const frame = fc
      .tuple(fc.array(piece, { maxLength: 6 }), fc.array(cut, { maxLength: 3 }))
      .map(([pieces, cuts]) =>
        cuts.reduce(
          (text, { at, length, put }) => text.slice(0, at) + put + text.slice(at + length),
          pieces.join('\n'),
        ),
      )
    fc.assert(
      fc.property(frame, (text) => {
        const result = outcome(text)
        expect(Array.isArray(result) || isBadRequest(result)).toBe(true)
      }),
    )
  })
})

describe('a frame that cannot be answered is refused:', () => {
  const badId = 'line 1: id must be an integer from 1 to 4294967295'
  test.each([
    ['x', 'line 1: not JSON'],
    ['{"id":1,"ping":{}} {"id":2,"ping":{}}', 'line 1: not JSON'],
    ["{'id':1}", 'line 1: not JSON'],
    ['{"id":1,"ping":{}}\u0000', 'line 1: not JSON'],
    ['\u00a0', 'line 1: not JSON'],
    ['1', 'line 1: not an object'],
    ['null', 'line 1: not an object'],
    ['"{}"', 'line 1: not an object'],
    ['[]', 'line 1: not an object'],
    ['[{"id":1,"ping":{}}]', 'line 1: not an object'],
    ['{"ping":{}}', badId],
    ['{"push":{}}', badId],
    ['{"id":null,"ping":{}}', badId],
    ['{"id":0,"ping":{}}', badId],
    ['{"id":-1,"ping":{}}', badId],
    ['{"id":1.5,"ping":{}}', badId],
    ['{"id":4294967296,"ping":{}}', badId],
    ['{"id":1e400,"ping":{}}', badId],
    ['{"id":"1","ping":{}}', badId],
    ['{"id":true,"ping":{}}', badId],
    ['{"id":[1],"ping":{}}', badId],
    ['{"__proto__":{"id":1},"ping":{}}', badId],
    ['{"id":0,"send":{}}', badId],
    ['{"id":"1","send":{}}', badId],
    ['{"send":1}', 'line 1: send must be an object'],
    ['{"send":[]}', 'line 1: send must be an object'],
    ['{"id":1,"ping":{},"rpc":{}}', 'line 1: two commands, ping and rpc'],
    [
      '{"id":1,"sub_refresh":{},"presence_stats":1}',
      'line 1: two commands, sub_refresh and presence_stats',
    ],
  ])('%s', (text, problem) => {
    expect(refusal(text)).toBe(`bad request: ${problem}`)
  })
})

describe('a command', () => {
  test.each([
    '{"id":3}',
    '{"id":3,"shout":{}}',
    '{"id":3,"connect":null}',
    '{"id":3,"constructor":{}}',
  ])('with an id and no known method is rejected with 104: %s', (text) => {
    const rejected = { method: 'rejected', id: 3, error: errors.methodNotFound }
    expect(decodeFrame(text)).toEqual([rejected])
  })

  test('may have the greatest id there is', () => {
    expect(decodeFrame('{"id":4294967295,"ping":{}}')).toMatchObject([{ id: 4_294_967_295 }])
  })

  test('may have members that nobody knows', () => {
    const text = '{"id":1,"trace":"x","publish":{"channel":"a","data":1,"key":"k","type":1}}'
    expect(decodeFrame(text)).toEqual([
      { id: 1, method: 'publish', request: { channel: 'a', data: 1 } },
    ])
  })

  test('with a key twice means the last of the two', () => {
    const text =
      '{"id":1,"id":2,"publish":{"channel":"a","data":1,"data":2},"publish":{"channel":"b","data":3}}'
    expect(decodeFrame(text)).toEqual([
      { id: 2, method: 'publish', request: { channel: 'b', data: 3 } },
    ])
  })
})

describe('limits', () => {
  const ping = '{"id":1,"ping":{}}'

  test('as many commands as allowed are decoded, one more is refused', () => {
    expect(decodeFrame(Array<string>(512).fill(ping).join('\n'))).toHaveLength(512)
    const reason = 'bad request: more than 512 commands in one frame'
    expect(refusal(Array<string>(513).fill(ping).join('\n'))).toBe(reason)
    expect(refusal(Array<string>(10_000).fill('{}').join('\n'))).toBe(reason)
  })

  test('blank lines are no commands', () => {
    expect(decodeFrame(`${'\n'.repeat(10_000)}${ping}`)).toHaveLength(1)
  })

  test('as many levels as allowed are decoded, one more is refused', () => {
    // The command and its request are two of the 64.
    const nested = (levels: number): string =>
      `{"id":1,"publish":{"channel":"a","data":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    expect(decodeFrame(nested(62))).toMatchObject([{ method: 'publish' }])
    expect(refusal(nested(63))).toBe('bad request: line 1: nested deeper than 64')
    expect(refusal(nested(30_000))).toBe('bad request: line 1: nested deeper than 64')
    expect(refusal('['.repeat(60_000))).toBe('bad request: line 1: nested deeper than 64')
  })

  test('brackets in strings are no levels', () => {
    const text = JSON.stringify({ id: 1, publish: { channel: 'a', data: '[{"\\'.repeat(1000) } })
    expect(decodeFrame(text)).toMatchObject([{ method: 'publish' }])
  })

  test('a connect names at most as many rooms as a frame has commands', () => {
    const limits = resolveDecodeLimits({ maxCommands: 2 })
    expect(decodeFrame('{"id":1,"connect":{"subs":{"a":{},"b":{}}}}', limits)).toMatchObject([
      { request: { subs: [{ channel: 'a' }, { channel: 'b' }] } },
    ])
    expect(decodeFrame('{"id":1,"connect":{"subs":{"a":{},"b":{},"c":{}}}}', limits)).toMatchObject(
      [
        {
          method: 'rejected',
          error: { message: 'bad request: connect.subs must have at most 2 members' },
        },
      ],
    )
  })

  test('given limits hold instead of the defaults', () => {
    const limits = resolveDecodeLimits({ maxDepth: 4, maxNameLength: 3, maxTokenLength: 5 })
    expect(
      decodeFrame('{"id":1,"sub_refresh":{"channel":"abc","token":"12345"}}', limits),
    ).toMatchObject([{ method: 'subRefresh' }])
    expect(decodeFrame('{"id":1,"presence":{"channel":"abcd"}}', limits)).toMatchObject([
      { method: 'rejected' },
    ])
    expect(decodeFrame('{"id":1,"refresh":{"token":"123456"}}', limits)).toMatchObject([
      { method: 'rejected' },
    ])
    expect(() => decodeFrame('{"id":1,"send":{"data":[[[]]]}}', limits)).toThrow(ProtocolError)
  })
})

function isBadRequest({ code, reason }: ProtocolError): boolean {
  return code === 3501 && reason.startsWith('bad request: ') && Buffer.byteLength(reason) <= 123
}
