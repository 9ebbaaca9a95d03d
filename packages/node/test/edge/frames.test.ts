import * as fc from 'fast-check'
import type { Writable } from 'node:stream'
import * as ws from 'ws'
import { describe, expect, test } from 'vitest'
import { messageFrames, textFrame } from '../../src/edge/frames.ts'

// ws exports it; its types do not.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable }

/** What ws's own receiver makes of the bytes, handed to it in chunks of this size. */
async function receive(bytes: Buffer, chunk = bytes.length): Promise<string[]> {
  const receiver = new Receiver({ isServer: false, maxPayload: 0 })
  const texts: string[] = []
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(false)
    texts.push(data.toString())
  })
  await new Promise<void>((resolve, reject) => {
    receiver.on('error', reject)
    receiver.on('finish', resolve)
    for (let from = 0; from < bytes.length; from += Math.max(1, chunk)) {
      receiver.write(bytes.subarray(from, from + chunk))
    }
    receiver.end()
  })
  return texts
}

describe('a text frame', () => {
  test.each([1, 125, 126, 127, 65_535, 65_536, 1_000_000])(
    'of %i bytes is read back by ws',
    async (length) => {
      const text = 'x'.repeat(length)
      const frame = textFrame(text)
      expect(frame[0]).toBe(0x81)
      expect(frame.length).toBe(length + (length < 126 ? 2 : length < 65_536 ? 4 : 10))
      expect(await receive(frame)).toEqual([text])
    },
  )

  test.each(['é'.repeat(63), '€'.repeat(42), '😀'.repeat(32), 'é'.repeat(32_768), '\u{10ffff}'])(
    'is as long as its bytes, not its characters',
    async (text) => {
      expect(await receive(textFrame(text), 7)).toEqual([text])
    },
  )

  test('turns half a character into a whole one', async () => {
    // A client may publish "\ud800" as JSON; what leaves here must be UTF-8 (RFC 6455 section 8.1).
    expect(await receive(textFrame('a\ud800b'))).toEqual(['a\ufffdb'])
  })
})

describe('the frames of several messages', () => {
  test('hold every message once, in order, joined by line breaks', async () => {
    const messages = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 50 }), async (texts, chunk) => {
        expect((await receive(messageFrames(texts), chunk)).join('\n')).toBe(texts.join('\n'))
      }),
    )
  })

  test('are one as long as they fit, and cut between messages when they do not', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const messages = lengths.map((length, i) => `${i}`.padEnd(length, '.'))
        const frames = await receive(messageFrames(messages))
        expect(frames.join('\n')).toBe(messages.join('\n'))
        const total = messages.reduce((sum, message) => sum + message.length + 1, 0)
        expect(frames.length === 1).toBe(total <= 262_144)
        for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(262_144)
        // As few as possible: no two neighbours would have fitted into one.
        for (let i = 1; i < frames.length; i++) {
          const first = frames[i]!.split('\n', 1)[0]!
          expect(frames[i - 1]!.length + 1 + first.length + 1).toBeGreaterThan(262_144)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('never cut a message, however long', async () => {
    const long = 'x'.repeat(600_000)
    expect(await receive(messageFrames(['a', long, 'b']))).toEqual(['a', long, 'b'])
  })
})
