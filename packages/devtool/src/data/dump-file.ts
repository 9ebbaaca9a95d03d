// A dump from an archive or from a file: JSON or text, packed or not.

import { type Dump, readText } from '@sluice/core'
import type { Api } from './api.ts'

export async function openDump(api: Api, node: string, id: string): Promise<Dump> {
  if (node !== '') return await api.get<Dump>('/debug/nodes/dumps', { node, id })
  return await api.get<Dump>(`/debug/dumps/${encodeURIComponent(id)}`)
}

export async function readDumpFile(file: Blob): Promise<Dump> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = first === 0x1f && second === 0x8b
  const stream = packed ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  return parseDump(await new Response(stream).text())
}

/** Throws where the text is no dump. */
export function parseDump(text: string): Dump {
  if (!text.trimStart().startsWith('{')) return readText(text)
  const value = JSON.parse(text) as Partial<Dump>
  if (value.schema !== 'sluice.dump/1' || !Array.isArray(value.actors)) {
    throw new Error(`expected a dump with the schema sluice.dump/1, got ${String(value.schema)}`)
  }
  return value as Dump
}
