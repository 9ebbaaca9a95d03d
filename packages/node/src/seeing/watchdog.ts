// The watchdog, seen from the main thread: beats as long as the loop turns, starts the thread that listens, and tells what
// that has found once there is somebody to tell.
//
//   main thread ── beat, every 100 ms ──▶ shared memory ◀── looks ── watchdog-thread.ts ─▶ archive
//               ◀──────────────── what it found ──────────────────

import { hostname } from 'node:os'
import { url as inspectorUrl } from 'node:inspector'
import { getHeapStatistics } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { type DumpNode, type DumpReason, type SharedSystem, shareSystem } from '@sluice/core'
import type { Services } from '../services.ts'
import { Beat } from './beat.ts'
import type { DumpsOptions } from './dump-options.ts'
import type { DumpOutcome } from './dumper.ts'
import { beatMsFor } from './stall.ts'
import { startThread } from './thread.ts'

/** What the thread is told. */
export interface WatchdogOrder {
  readonly beat: SharedArrayBuffer
  readonly turn: SharedArrayBuffer
  readonly shared: SharedSystem
  readonly folder: string
  readonly options: Omit<DumpsOptions, 'rules'>
  readonly node: DumpNode
}

/** What the thread says. */
export type WatchdogReport =
  | { type: 'started' }
  | { type: 'dumped'; reason: DumpReason; outcome: DumpOutcome }
  | { type: 'ended'; ms: number }

export class Watchdog {
  readonly #services: Services
  readonly #beat = new Beat()
  readonly #timer: NodeJS.Timeout
  readonly #worker: Worker
  #toldAt = performance.now()
  /** The last time that was too long between two beats. */
  #gapMs = 0

  constructor(services: Services) {
    this.#services = services
    const { options, system, uid, version, dumper, events } = services
    const { rules: _rules, ...dumps } = options.dumps
    const order: WatchdogOrder = {
      beat: this.#beat.buffer,
      turn: dumper.turn.buffer,
      shared: shareSystem(system),
      folder: dumper.archive.folder,
      options: dumps,
      node: { name: options.name, uid, pid: process.pid, host: hostname(), version },
    }
    this.#tell()
    this.#timer = setInterval(() => this.#tell(), beatMsFor(dumps.stallMs)).unref()
    this.#worker = startThread('watchdog-thread', {
      workerData: order,
      name: 'watchdog',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.on('message', (report: WatchdogReport) => this.#hear(report))
    this.#worker.on('error', (error) => events.emit({ name: 'watchdog.failed', error }))
    this.#worker.on('exit', () => dumper.turn.give('watchdog'))
    // The listener for messages keeps a process alive otherwise.
    this.#worker.unref()
  }

  /** Ends the thread; resolves when it is gone. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#worker.terminate()
  }

  #tell(): void {
    const now = performance.now()
    const gap = now - this.#toldAt
    this.#toldAt = now
    if (gap >= this.#services.options.dumps.stallMs) this.#gapMs = gap
    const { edge, registry, directory } = this.#services
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
    this.#beat.beat(
      {
        heap_used_bytes: used,
        heap_limit_bytes: limit,
        sockets: edge.sockets,
        clients: registry.clients,
        rooms: directory.size,
      },
      inspectorUrl() !== undefined,
    )
  }

  #hear(report: WatchdogReport): void {
    const { dumper, events } = this.#services
    if (report.type === 'started') {
      events.emit({ name: 'watchdog.started' })
      return
    }
    if (report.type === 'dumped') {
      dumper.told(report.reason, report.outcome)
      return
    }
    // The thread knows that it was a stall, and not how long it was: it had a dump to write meanwhile.
    events.emit({ name: 'loop.stalled', ms: Math.round(Math.max(report.ms, this.#gapMs)) })
  }
}
