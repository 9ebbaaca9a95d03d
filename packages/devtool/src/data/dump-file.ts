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
  return readDump(await new Response(stream.pipeThrough(bounded(most))).text())
}

/** Lets so many bytes through, and fails at the next. */
function bounded(most: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length
      if (bytes > most) throw new Error(`more than ${printBytes(most)}: too much for a page`)
      controller.enqueue(chunk)
    },
  })
}
