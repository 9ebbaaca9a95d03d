// The thread of view-work.ts: reads, parses and prints, and ends.

import { parentPort, workerData } from 'node:worker_threads'
import { diffDumps, type Dump, printActors, printDiff, printGroups } from '@sluice/core'
import { Archive } from './archive.ts'
import { dumpsDefaults } from './dump-options.ts'
import type { ViewResult, ViewTask, ViewWork } from './view-work.ts'

const { folder, task } = workerData as ViewWork
const archive = new Archive({ ...dumpsDefaults, dir: folder })

/** A dump that is not there. */
class Missing extends Error {
  override readonly name = 'Missing'
}

async function read(id: string): Promise<Dump> {
  const json = await archive.read(id)
  if (json === undefined) throw new Missing(id)
  return JSON.parse(json.toString('utf8')) as Dump
}

async function show(given: ViewTask): Promise<string> {
  if (given.what === 'print') {
    const dump = await read(given.id)
    return given.debug === 1 ? printGroups(dump) : printActors(dump)
  }
  const { from, to, format } = given
  const [one, other] = await Promise.all([read(from), read(to)])
  const diff = diffDumps(one, other)
  return format === 'json' ? JSON.stringify(diff) : `${printDiff(diff).join('\n')}\n`
}

async function answer(): Promise<ViewResult> {
  try {
    return { text: new TextEncoder().encode(await show(task)) }
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message }
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.postMessage(await answer())
