// Judges whom the nodes name as present: exactly those that are there, whichever node is asked.

import type { Finding } from './findings.ts'
import type { HistoryEvent } from './history.ts'

/** Names of one finding; the rest is counted. */
const named = 3

/** Compares each node's last word on each room with the clients that were there in the end. */
export function checkPresence(events: readonly HistoryEvent[]): Finding[] {
  const there = new Map<string, Set<string>>()
  const said = new Map<string, Extract<HistoryEvent, { type: 'present' }>>()
  for (const event of events) {
    if (event.type === 'present') said.set(`${event.room} ${event.node}`, event)
    else if (event.type === 'final' && event.as !== undefined) {
      const ids = there.get(event.room) ?? new Set()
      there.set(event.room, ids.add(event.as))
    }
  }
  const findings: Finding[] = []
  for (const { room, node, ids } of said.values()) {
    const expected = there.get(room) ?? new Set()
    const find = (kind: 'ghost' | 'missing', wrong: ReadonlySet<string>): void => {
      if (wrong.size === 0) return
      const names = [...wrong].slice(0, named).join(' ')
      findings.push({ kind, room, detail: `${node}: ${wrong.size}, such as ${names}` })
    }
    if (ids === undefined) findings.push({ kind: 'unanswered', room, detail: node })
    else {
      const present = new Set(ids)
      find('ghost', present.difference(expected))
      find('missing', expected.difference(present))
    }
  }
  return findings
}
