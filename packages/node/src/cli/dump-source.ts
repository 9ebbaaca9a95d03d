// A dump, from wherever somebody has it: a file, in JSON or as text, packed or not; a node's archive; or the node as it is now.

import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Dump, mostDumpBytes, readDump } from '@sluice/core'
import { fetchDumps } from './actors.ts'
import { AdminError, adminFor, type AdminFlags } from './admin.ts'

const unpack = promisify(gunzip)

/** `now`, the path of a file, or the id of a dump in the archive of the node that the flags mean, or of another that it knows. */
export async function findDump(name: string, flags: AdminFlags, node?: string): Promise<Dump> {
  if (name === 'now') {
    const { dumps } = await fetchDumps(
      await adminFor(flags),
      { debug: 2, format: 'json' },
      node === undefined ? {} : { node },
    )
    return dumps[0]!.dump
  }
  const bytes = await readFile(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new AdminError(`${name}: ${error.message}`)
  })
  if (bytes !== undefined) return await parse(name, bytes)
  const admin = await adminFor(flags)
  if (node !== undefined) return await admin.get<Dump>('/debug/nodes/dumps', { node, id: name })
  return await admin.get<Dump>(`/debug/dumps/${encodeURIComponent(name)}`)
}

async function parse(name: string, bytes: Buffer): Promise<Dump> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  try {
    const text = packed ? await unpack(bytes, { maxOutputLength: mostDumpBytes }) : bytes
    return readDump(text.toString('utf8'))
  } catch (error) {
    throw new AdminError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
