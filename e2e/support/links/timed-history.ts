// A history that also knows when: for how long clients were out of their rooms, and how long messages took.

import { History, type HistoryEvent } from '../cluster/history.ts'

export class TimedHistory extends History {
  /** When each event was added. */
  readonly times: number[] = []

  override add(event: HistoryEvent): void {
    super.add(event)
    this.times.push(performance.now())
  }

  /** How long each client was out of each room, whenever it was, from `since` on. */
  outages(since: number): number[] {
    const out = new Map<string, number>()
    const outages: number[] = []
    for (const [i, event] of this.events.entries()) {
      const at = this.times[i]!
      if (at < since) continue
      if (event.type === 'left' || event.type === 'told') {
        const key = `${event.client} ${event.room}`
        if (!out.has(key)) out.set(key, at)
      } else if (event.type === 'subscribed') {
        const key = `${event.client} ${event.room}`
        const from = out.get(key)
        if (from === undefined) continue
        out.delete(key)
        outages.push(at - from)
      }
    }
    return outages
  }

  /** From the publish until each client had it, of what was published in this time. */
  delays(from: number, until: number, meant: (client: string) => boolean = () => true): number[] {
    const published = new Map<string, number>()
    const delays: number[] = []
    for (const [i, event] of this.events.entries()) {
      const at = this.times[i]!
      if (event.type === 'invoked' && at >= from && at < until) published.set(event.id, at)
      if (event.type !== 'received' || !meant(event.client)) continue
      const began = published.get(event.id)
      if (began !== undefined) delays.push(at - began)
    }
    return delays
  }
}
