// Everything a client can get wrong after its upgrade, and what it gets for it.
//
//   frames      broken by RFC 6455        ─▶ a close frame with one of its codes
//   messages    broken as JSON commands   ─▶ 3501, and nothing of the frame is executed
//   commands    wrong, but answerable     ─▶ error 104 or 107, and the connection goes on

import { encodeClose, encodeFragments, encodeFrame, opcodes } from './frames.ts'

/** A name, what is sent, and the code that answers it. */
export type Case = readonly [name: string, bytes: Buffer, code: number]

/** What the gateway under test allows one frame to be: 10,000 commands fit. */
export const maxFrameBytes = 262_144

const { continuation, text, binary, close, ping, pong } = opcodes

const hello = '{"id":9,"ping":{}}'
const unfinished = encodeFrame('{', { fin: false })
const nothing = encodeFrame('', { opcode: continuation, fin: false })

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** Frames that RFC 6455 forbids, with the code that its section 7.4.1 has for each. */
export const badFrames: readonly Case[] = [
  ['an unmasked frame', encodeFrame(hello, { masked: false }), 1002],
  ...range(1, 7).map((reserved): Case => [
    `reserved bits ${reserved.toString(2).padStart(3, '0')}`,
    encodeFrame(hello, { reserved }),
    1002,
  ]),
  ...[...range(3, 7), ...range(11, 15)].map((opcode): Case => [
    `unknown opcode ${opcode}`,
    encodeFrame(hello, { opcode }),
    1002,
  ]),
  ['a fragmented ping', encodeFrame('', { opcode: ping, fin: false }), 1002],
  ['a fragmented pong', encodeFrame('', { opcode: pong, fin: false }), 1002],
  ['a fragmented close', encodeFrame('', { opcode: close, fin: false }), 1002],
  ['a ping of 126 bytes', encodeFrame('x'.repeat(126), { opcode: ping }), 1002],
  ['a close of 126 bytes', encodeClose(1000, 'x'.repeat(124)), 1002],
  ['a continuation of nothing', encodeFrame(hello, { opcode: continuation }), 1002],
  [
    'a message inside another',
    Buffer.concat([unfinished, encodeFrame(hello, { opcode: text })]),
    1002,
  ],
  ['a close of one byte', encodeFrame('x', { opcode: close }), 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): Case => [
    `a close with code ${code}`,
    encodeClose(code),
    1002,
  ]),
  ['a close whose reason is no UTF-8', encodeClose(1000, Buffer.from([0xff])), 1007],

  ['a binary frame', encodeFrame('\0', { opcode: binary }), 1003],

  ['a lone continuation byte', encodeFrame(Buffer.from([0x80])), 1007],
  ['an overlong encoding', encodeFrame(Buffer.from([0xc0, 0x80])), 1007],
  ['a surrogate', encodeFrame(Buffer.from([0xed, 0xa0, 0x80])), 1007],
  ['a code point beyond the last', encodeFrame(Buffer.from([0xf4, 0x90, 0x80, 0x80])), 1007],
  ['a character that is cut off', encodeFrame(Buffer.from([0x7b, 0xe2, 0x82])), 1007],
  [
    'a character broken between fragments',
    encodeFragments(Buffer.from([0x7b, 0xe2, 0x28, 0xa1, 0x7d]), [2]),
    1007,
  ],
  [
    'bad UTF-8 after many good fragments',
    encodeFragments(Buffer.concat([Buffer.from(hello), Buffer.from([0xfe])]), range(1, 18)),
    1007,
  ],

  ['a frame of one byte too many', encodeFrame('x'.repeat(maxFrameBytes + 1)), 1009],
  ['a frame that announces a terabyte', encodeFrame('x', { announced: 1n << 40n }), 1009],
  ['a frame that announces 2^63 bytes', encodeFrame('x', { announced: 1n << 63n }), 1009],
  [
    'fragments of one byte too many',
    encodeFragments('x'.repeat(maxFrameBytes + 1), [1, 100_000, 200_000, maxFrameBytes]),
    1009,
  ],
  [
    'fragments without end and without a byte',
    Buffer.concat([unfinished, ...Array<Buffer>(20_000).fill(nothing)]),
    1008,
  ],
]

/** Frames whose text is no list of commands: 3501, whatever else is in them. */
export const badMessages: readonly (readonly [name: string, text: string])[] = [
  ['no JSON', 'hello'],
  ['half of JSON', '{"id":2,"publish":{"channel":"quiet","data":1'],
  ['JSON and more', '{"id":2,"ping":{}} x'],
  ['an array', '[{"id":2,"ping":{}}]'],
  ['a number', '1'],
  ['a string', '"ping"'],
  ['null', 'null'],
  ['a command without an id', '{"ping":{}}'],
  ['id 0', '{"id":0,"ping":{}}'],
  ['a negative id', '{"id":-1,"ping":{}}'],
  ['a broken id', '{"id":1.5,"ping":{}}'],
  ['an id beyond 32 bits', '{"id":4294967296,"ping":{}}'],
  ['an id of text', '{"id":"2","ping":{}}'],
  ['an id of true', '{"id":true,"ping":{}}'],
  ['two commands in one', '{"id":2,"ping":{},"publish":{"channel":"quiet","data":1}}'],
  ['a send that is no object', '{"send":1}'],
  [
    'objects 10,000 levels deep',
    `{"id":2,"rpc":{"method":"m","data":${nested('{"a":', '1', '}')}}}`,
  ],
  [
    'arrays 10,000 levels deep',
    `{"id":2,"publish":{"channel":"quiet","data":${nested('[', '', ']')}}}`,
  ],
  ['10,000 openers and nothing else', '['.repeat(10_000)],
  [
    '10,000 commands in one frame',
    range(2, 10_001)
      .map((id) => `{"id":${id},"ping":{}}`)
      .join('\n'),
  ],
  ['10,000 pongs in one frame', '{}\n'.repeat(10_000)],
  ['good commands before a bad one', '{"id":2,"publish":{"channel":"quiet","data":1}}\n{"id":'],
]

/** Commands that are wrong in themselves: answered, with the error's code, and the connection goes on. */
export const badCommands: readonly (readonly [name: string, command: string, code: number])[] = [
  ['an unknown command', '{"id":7,"dance":{}}', 104],
  ['no command', '{"id":7}', 104],
  ['a command of the prototype', '{"id":7,"constructor":{}}', 104],
  ['a command that sets the prototype', '{"id":7,"__proto__":{"ping":{}}}', 104],
  ['an unknown method', '{"id":7,"rpc":{"method":"nobody"}}', 104],
  ['a method of the prototype', '{"id":7,"rpc":{"method":"toString"}}', 104],
  ['a request of text', '{"id":7,"publish":"x"}', 107],
  ['a request of a list', '{"id":7,"subscribe":[]}', 107],
  ['a room that is a number', '{"id":7,"subscribe":{"channel":1}}', 107],
  ['a room that is an object', '{"id":7,"presence":{"channel":{"toString":1}}}', 107],
  ['no room', '{"id":7,"subscribe":{}}', 107],
  ['a room with a space', '{"id":7,"subscribe":{"channel":"a b"}}', 107],
  ['a room of 256 characters', `{"id":7,"subscribe":{"channel":"${'x'.repeat(256)}"}}`, 107],
  ['a room with a null character', '{"id":7,"subscribe":{"channel":"a\\u0000"}}', 107],
  ['an offset of text', '{"id":7,"subscribe":{"channel":"a","recover":true,"offset":"1"}}', 107],
  ['a negative offset', '{"id":7,"subscribe":{"channel":"a","recover":true,"offset":-1}}', 107],
  ['a limit of text', '{"id":7,"history":{"channel":"a","limit":"all"}}', 107],
  ['a flag that is a number', '{"id":7,"subscribe":{"channel":"a","recover":1}}', 107],
  ['an unknown namespace', '{"id":7,"subscribe":{"channel":"nowhere:1"}}', 102],
  ['a namespace of the prototype', '{"id":7,"subscribe":{"channel":"constructor:1"}}', 102],
]

/** The first frame of a connection must be a connect, whatever else it may be. */
export const badBeginnings: readonly (readonly [name: string, text: string])[] = [
  ['a subscribe', '{"id":1,"subscribe":{"channel":"quiet"}}'],
  ['a publish', '{"id":1,"publish":{"channel":"quiet","data":1}}'],
  ['an rpc', '{"id":1,"rpc":{"method":"m"}}'],
  ['a ping command', '{"id":1,"ping":{}}'],
  ['a send', '{"send":{"data":1}}'],
  ['an unknown command', '{"id":1,"dance":{}}'],
  ['a connect of a wrong type', '{"id":1,"connect":1}'],
  [
    'a publish before the connect',
    '{"id":1,"publish":{"channel":"quiet","data":1}}\n{"id":2,"connect":{}}',
  ],
  ['a second connect', '{"id":1,"connect":{}}\n{"id":2,"connect":{}}'],
]

function nested(open: string, inner: string, shut: string): string {
  return open.repeat(10_000) + inner + shut.repeat(10_000)
}
