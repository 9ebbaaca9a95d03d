// What a close-up saw, in words: the same in a terminal and in the devtool. Pure.

import type { CloseUpEntry, CloseUpHook, CloseUpOver } from '../close-up.ts'
import { printTarget } from './phrases.ts'
import { printMs } from './text/text.ts'

/** Waits told of by name. */
const mostWaits = 3

/** A short time as a person reads it: `0.12 ms`, `3.4 ms`, `340 ms`, `1.2 s`, `43 s`. */
export function printFine(ms: number): string {
  if (ms < 0.995) return `${ms.toFixed(2)} ms`
  if (ms < 99.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : printMs(ms)
}

/** `pay from room 1f: 0.30 ms in the mailbox, ran 0.12 ms, awaited 12.0 ms (ask desk 9), ok` */
export function closeUpWords(entry: CloseUpEntry): string {
  if (entry.what === 'wait') {
    const { ms } = entry
    return `waits on ${printTarget(entry)}${ms === undefined ? ', still' : ` for ${printFine(ms)}`}`
  }
  return 'text' in entry ? `${entry.what}: ${entry.text}` : hookWords(entry)
}

/** How a close-up came to its end. */
export const closeUpOverWords: Readonly<Record<CloseUpOver, string>> = {
  time: 'its time was up',
  dead: 'the actor is dead',
  hand: 'somebody ended it',
}

function hookWords(hook: CloseUpHook): string {
  const { what, type, from, queuedMs, before, ranMs, awaitedMs, waits, outcome } = hook
  const name = what === 'receive' ? type || 'a message without a type' : what
  const sender = from === undefined ? '' : ` from ${from}`
  const named = waits.slice(0, mostWaits).map(printTarget)
  const unnamed = Math.max(0, waits.length - mostWaits) + (hook.moreWaits ?? 0)
  if (unnamed > 0) named.push(`${unnamed} more`)
  const on = named.length === 0 ? '' : ` (${named.join(', ')})`
  const awaited =
    outcome === 'open'
      ? [`awaits${on}`]
      : awaitedMs === undefined
        ? []
        : [`awaited ${printFine(awaitedMs)}${on}`]
  const facts = [
    ...(before ? ['out since before'] : []),
    ...(queuedMs === undefined ? [] : [`${printFine(queuedMs)} in the mailbox`]),
    ...(before ? [] : [`ran ${printFine(ranMs)}`]),
    ...awaited,
    outcome === 'open' ? 'not over' : outcome,
  ]
  return `${name}${sender}: ${facts.join(', ')}`
}
