// A dump from an archive or from a file: JSON or text, packed or not. Who made a file, and how large it comes out of its packing,
// nobody knows before it is read.

import { checkDump, type Dump, mostDumpBytes, readDump } from '@sluice/core'
import type { Api } from './api.ts'
import { printBytes } from './format.ts'

export async function openDump(api: Api, node: string, id: string): Promise<Dump> {
  return checkDump(
    node === ''
      ? await api.get(`/debug/dumps/${encodeURIComponent(id)}`)
      : await api.get('/debug/nodes/dumps', { node, id }),
  )
}

/** Throws where it is none, or holds more than `most` bytes. */
export async function readDumpFile(file: Blob, most: number = mostDumpBytes): Promise<Dump> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = first === 0x1f && second === 0x8b
  const stream = packed ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  return readDump(await textOf(stream, most))
}

/** Not as a `Response`: that tells of every fault that something failed to fetch. */
async function textOf(stream: ReadableStream<Uint8Array>, most: number): Promise<string> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; ;) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > most) {
      await reader.cancel()
      throw new Error(`more than ${printBytes(most)}: too much for a page`)
    }
    text += decoder.decode(value, { stream: true })
  }
}
