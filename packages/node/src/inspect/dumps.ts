// The archive of this node, for those who ask from another one.

import type { Services } from '../services.ts'
import type { ArchivedDump } from '../seeing/archive.ts'
import type { Dumper, DumpOutcome } from '../seeing/dumper.ts'
import { NoView } from './no-view.ts'
import { anyText, readQuery, reasonOr } from './query.ts'
import { ReadyJson } from './ready-json.ts'

export interface DumpList {
  /** Where they lie, on the machine of that node. */
  folder: string
  dumps: ArchivedDump[]
}

/** Takes a dump, for the `reason` of the query. */
export async function takeForOperator(
  { dumper }: Services,
  query: URLSearchParams,
): Promise<ArchivedDump & { folder: string }> {
  const { reason: detail } = readQuery(query, { reason: reasonOr('an operator') })
  return written(dumper, await dumper.dump({ trigger: 'request', detail }))
}

/** The dump that was written, or why there is none. */
export function written(
  { archive }: Dumper,
  outcome: DumpOutcome,
): ArchivedDump & { folder: string } {
  if (outcome.what === 'written') return { ...outcome.dump, folder: archive.folder }
  if (outcome.what === 'skipped') throw new NoView(409, 'another dump is being written')
  throw new NoView(503, outcome.error instanceof Error ? outcome.error.message : 'not written')
}

/** What there is, the newest first. */
export function viewDumps({ dumper }: Services): DumpList {
  return { folder: dumper.archive.folder, dumps: dumper.archive.list() }
}

/** The dump with the `id` of the query. */
export async function viewDump({ dumper }: Services, query: URLSearchParams): Promise<ReadyJson> {
  const { id } = readQuery(query, { id: anyText() })
  const json = await dumper.archive.read(id)
  if (json === undefined) throw new NoView(404, `no dump ${id.slice(0, 200)}`)
  return new ReadyJson(json.toString('utf8'))
}
