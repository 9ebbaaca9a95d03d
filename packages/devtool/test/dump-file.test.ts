import { gzipSync } from 'node:zlib'
import { createSystem, printActors, takeDump } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { readDumpFile } from '../src/data/dump-file.ts'

const dump = takeDump(createSystem({ maxActors: 16, recorderSize: 16 }))
const json = JSON.stringify(dump)

const fileOf = (content: string | Uint8Array<ArrayBuffer>): Blob => new Blob([content])

describe('a dump in a file', () => {
  test.each([
    ['JSON', json],
    ['JSON, packed', gzipSync(json)],
    ['text', printActors(dump)],
    ['text, packed', gzipSync(printActors(dump))],
  ])('is read: %s', async (_, content) => {
    expect((await readDumpFile(fileOf(content))).total).toBe(dump.total)
  })

  test.each([
    ['empty', '', 'dump_unreadable'],
    ['JSON of something else', '{"schema":"other/1"}', 'got other/1'],
    ['half of its JSON', json.slice(0, 100), 'JSON'],
    ['half of its packing', gzipSync(json).subarray(0, 100), ''],
    ['packing around nothing', new Uint8Array([0x1f, 0x8b, 1, 2]), ''],
  ])('that is none is refused: %s', async (_, content, message) => {
    await expect(readDumpFile(fileOf(content))).rejects.toThrow(message)
  })

  test('that comes out larger than it may is refused as soon as it does', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, ' '))
    expect(bomb.length).toBeLessThan(70_000)
    await expect(readDumpFile(fileOf(bomb), 1_048_576)).rejects.toThrow(
      'more than 1.0 MiB: too much for a page',
    )
  })
})
