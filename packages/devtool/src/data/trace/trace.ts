// A trace, put together from what was read a piece at a time, and where its parts lie on a line of time. Pure.

import type { CloseUpEntry, CloseUpReading } from '@sluice/core'

/** As a node answers. */
export interface Trace extends CloseUpReading {
  readonly node: string
}

/** All that was read, in the order in which it began. */
export class TraceStore {
  /** What to ask for next. */
  since = 0
  #beganAt = ''
  readonly #entries = new Map<number, CloseUpEntry>()

  take(trace: Trace): Trace {
    if (trace.beganAt !== this.#beganAt) {
      this.#beganAt = trace.beganAt
      this.#entries.clear()
      // It is another one: what was asked for is a part of it.
      const part = this.since > 0
      this.since = part ? 0 : trace.changes
    } else this.since = trace.changes
    for (const entry of trace.entries) this.#entries.set(entry.number, entry)
    for (const number of this.#entries.keys()) {
      if (number > trace.dropped) break
      this.#entries.delete(number)
    }
    const entries = [...this.#entries.values()].sort((a, b) => a.number - b.number)
    return { ...trace, entries }
  }
}

/** Something on the line: waiting in the mailbox, then running, then awaiting. Times since the trace began. */
export interface Bar {
  readonly entry: CloseUpEntry
  readonly lane: number
  readonly toldAt: number
  readonly ranAt: number
  readonly awaitedAt: number
  readonly endedAt: number
}

/** A stretch of time, in ms since the trace began. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What can be seen in a span, in so many lanes: those that overlap are below each other, as far as lanes go. */
export function barsOf(
  entries: readonly CloseUpEntry[],
  span: Span,
  now: number,
  lanes: number,
): Bar[] {
  const bars = entries
    .map((entry) => barOf(entry, now))
    .filter(({ toldAt, endedAt }) => endedAt >= span.from && toldAt <= span.to)
  const free = Array.from({ length: lanes }, () => -Infinity)
  // Bars are some pixels wide, however short.
  const gap = (span.to - span.from) / 400
  return bars
    .toSorted((a, b) => a.toldAt - b.toldAt || a.entry.number - b.entry.number)
    .map((bar) => {
      // A line across all lanes.
      if ('text' in bar.entry) return bar
      const found = free.findIndex((until) => until <= bar.toldAt)
      const lane = found >= 0 ? found : free.indexOf(Math.min(...free))
      free[lane] = Math.max(free[lane]!, bar.endedAt + gap)
      return { ...bar, lane }
    })
    .sort((a, b) => a.entry.number - b.entry.number)
}

function barOf(entry: CloseUpEntry, now: number): Bar {
  const { atMs } = entry
  if ('outcome' in entry) {
    const { queuedMs = 0, ranMs, awaitedMs, outcome } = entry
    const awaitedAt = atMs + ranMs
    const endedAt =
      outcome === 'open' ? now : entry.before ? (awaitedMs ?? 0) : awaitedAt + (awaitedMs ?? 0)
    return { entry, lane: 0, toldAt: atMs - queuedMs, ranAt: atMs, awaitedAt, endedAt }
  }
  const endedAt = entry.what === 'wait' ? (entry.ms === undefined ? now : atMs + entry.ms) : atMs
  return { entry, lane: 0, toldAt: atMs, ranAt: atMs, awaitedAt: atMs, endedAt }
}

/** Whole seconds, or parts of one, so that there are at most so many in a span. */
export function ticksOf({ from, to }: Span, most: number): number[] {
  const steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000]
  const step = steps.find((one) => (to - from) / one <= most) ?? 300_000
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return ticks
}
