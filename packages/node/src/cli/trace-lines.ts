// A trace as lines, while it comes: each entry once, when it is over; what takes its time also before. Pure.

import {
  type CloseUpEntry,
  type CloseUpType,
  closeUpGoesOn,
  closeUpOverWords,
  closeUpTypes,
  closeUpWords,
  printFine,
  printMs,
} from '@sluice/core'
import type { Trace } from '../inspect/trace.ts'
import { clean, formatTable, type Terminal } from './table.ts'

export class TraceLines {
  /** What to ask for next. */
  since = 0
  #trace: Trace | undefined = undefined
  #dropped = 0
  readonly #entries = new Map<number, CloseUpEntry>()
  /** Open when last seen, and whether that was told. */
  readonly #open = new Map<number, boolean>()

  /** What is new, a line each. */
  take(trace: Trace): string[] {
    this.#trace = trace
    this.since = trace.changes
    const lines: string[] = []
    for (const entry of trace.entries) {
      const { number } = entry
      // What nobody reads in time is dropped on the node; what was read is not dropped here before it is too much.
      this.#entries.set(number, entry)
      const told = this.#open.get(number)
      if (!closeUpGoesOn(entry)) {
        this.#open.delete(number)
        lines.push(lineOf(entry))
      } else if (told === undefined) this.#open.set(number, false)
      else if (!told) {
        this.#open.set(number, true)
        lines.push(lineOf(entry))
      }
    }
    this.#dropped = Math.max(this.#dropped, trace.dropped)
    while (this.#entries.size > kept) this.#entries.delete(this.#entries.keys().next().value!)
    return lines
  }

  /** What it all comes to. */
  end(terminal: Terminal): string[] {
    const trace = this.#trace
    if (trace === undefined) return []
    const untold = [...this.#open].filter(([, told]) => !told)
    const open = untold.map(([number]) => lineOf(this.#entries.get(number)!))
    const types = closeUpTypes([...this.#entries.values()])
    const timed = (value: (type: CloseUpType) => number) => (type: CloseUpType) =>
      type.count > type.open ? printFine(value(type)) : '-'
    const table = formatTable(
      [
        { title: 'TYPE', value: ({ type }) => type || '-' },
        { title: 'COUNT', value: ({ count }) => count },
        { title: 'FAILED', value: ({ failed }) => failed },
        { title: 'RAN', value: timed(({ totalMs }) => totalMs) },
        { title: 'P50', value: timed(({ p50Ms }) => p50Ms) },
        { title: 'P99', value: timed(({ p99Ms }) => p99Ms) },
        { title: 'MOST', value: timed(({ maxMs }) => maxMs) },
        { title: 'AWAITED', value: timed(({ awaitedMs }) => awaitedMs) },
      ],
      types,
      terminal,
    )
    const { over, leftMs, actor, behavior } = trace
    const why =
      over === undefined
        ? `the trace goes on for ${printMs(leftMs)}; sluice trace ${actor} --seconds 0 ends it`
        : closeUpOverWords[over]
    return [
      ...(over === undefined ? [] : open),
      '',
      ...(types.length === 0 ? ['no message'] : table),
      '',
      clean(`${behavior} ${actor}: ${why}`),
      ...(this.#dropped > 0
        ? [`${this.#dropped} entries were dropped on the node, the oldest`]
        : []),
    ]
  }
}

/** Entries that the sums are made of. */
const kept = 20_000

function lineOf(entry: CloseUpEntry): string {
  return `${(entry.atMs / 1_000).toFixed(3).padStart(9)} s  ${clean(closeUpWords(entry))}`
}
