// What a close-up comes to, by type of message: how many, how long they ran, how long they waited. Pure.

import type { CloseUpEntry, CloseUpHook } from '../close-up.ts'
import { compareText } from './phrases.ts'

export interface CloseUpType {
  /** The message's; empty where it has none. */
  type: string
  count: number
  failed: number
  /** What is out still, or was out before, is in no figure of how long they ran. */
  open: number
  /** Of what ran: in all, of the one in the middle, of the slowest in a hundred, of the slowest. */
  totalMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** In all, since the close-up began. */
  awaitedMs: number
  /** The longest in the mailbox. */
  queuedMs: number
}

/** By type of message, the one that ran longest in all first. */
export function closeUpTypes(entries: readonly CloseUpEntry[]): CloseUpType[] {
  const messages = entries.flatMap((entry) => (entry.what === 'receive' ? [entry] : []))
  const byType = Map.groupBy(messages, ({ type }) => type)
  return Array.from(byType, ([type, hooks]) => sumOf(type, hooks)).sort(
    (a, b) => b.totalMs - a.totalMs || b.count - a.count || compareText(a.type, b.type),
  )
}

function sumOf(type: string, hooks: readonly CloseUpHook[]): CloseUpType {
  // How long one ran that was out before anybody looked is not known.
  const timed = hooks.filter(({ outcome, before }) => outcome !== 'open' && before === undefined)
  const ran = timed.map(({ ranMs }) => ranMs).sort((a, b) => a - b)
  return {
    type,
    count: hooks.length,
    failed: hooks.filter(({ outcome }) => outcome === 'failed').length,
    open: hooks.filter(({ outcome }) => outcome === 'open').length,
    totalMs: ran.reduce((sum, ms) => sum + ms, 0),
    p50Ms: quantile(ran, 0.5),
    p99Ms: quantile(ran, 0.99),
    maxMs: ran.at(-1) ?? 0,
    awaitedMs: hooks.reduce((sum, { awaitedMs = 0 }) => sum + awaitedMs, 0),
    queuedMs: hooks.reduce((most, { queuedMs = 0 }) => Math.max(most, queuedMs), 0),
  }
}

/** The smallest value that so large a share does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
