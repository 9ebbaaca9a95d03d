// Every node of the cluster, and those that have left while the page was open.

import { signal } from '@preact/signals'
import type { NodesAnswer } from '../answers.ts'
import { leavers, noted, type Roster } from './roster.ts'
import { api } from '../state.ts'

const seen = signal<Roster>(new Map())

/** Asks each; who is there is noted. */
export async function askNodes(stop: AbortSignal): Promise<NodesAnswer> {
  const answer = await api.get<NodesAnswer>('/debug/nodes', {}, stop)
  seen.value = noted(seen.peek(), answer, Date.now())
  return answer
}

/** The last one first. */
export function whoLeft(): { name: string; at: number }[] {
  return leavers(seen.value)
}
