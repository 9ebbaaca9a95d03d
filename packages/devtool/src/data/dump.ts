// A dump, of the node that is looked at.

import type { Dump } from '@sluice/core'
import { type Api, ApiError, type Query } from './api.ts'
import type { Reached } from './answers.ts'

/** The actors that the query is about. */
export async function askedDump(
  api: Api,
  node: string,
  query: Query,
  signal?: AbortSignal,
): Promise<Dump> {
  const asked = { debug: 2, format: 'json', ...query }
  if (node === '') return await api.get<Dump>('/debug/actors', asked, signal)
  return only(await api.get<Reached<Dump>>('/debug/actors', { ...asked, node }, signal), node)
}

/** What the one node that was asked has said. */
export function only<View>({ nodes, refused, silent }: Reached<View>, node: string): View {
  const [found] = nodes
  if (found !== undefined) return found.view
  const [refusal] = refused
  if (refusal !== undefined) throw new ApiError(refusal.status, `${node}: ${refusal.message}`)
  throw new ApiError(504, `${silent[0] ?? node} did not answer`)
}
