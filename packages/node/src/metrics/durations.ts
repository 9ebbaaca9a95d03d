// How long things took: counted when they are over, in ranges that only grow, so that a rate over any time makes sense.
// They are told by the named events of the node; nothing on a hot path is timed.
//
//   command.answered, pong.heard, api.called ─┐
//   pauses of the garbage collector ──────────┴─▶ histograms

import type { Events } from '@sluice/core'
import { Histogram, type Registry } from 'prom-client'
import type { NodeEvent } from '../events.ts'

/** One metric of this kind. */
export interface DurationFamily {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Seconds. */
  readonly buckets: readonly number[]
}

/** From what a network takes to what nobody waits for. */
const answerBounds: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

const commands: DurationFamily = {
  name: 'sluice_client_command_duration_seconds',
  help: 'How long commands took that were not answered in the turn in which they came',
  labels: ['method'],
  buckets: answerBounds,
}

const pongs: DurationFamily = {
  name: 'sluice_client_ping_pong_duration_seconds',
  help: 'How long clients took to answer a ping',
  labels: [],
  buckets: answerBounds,
}

const calls: DurationFamily = {
  name: 'sluice_api_command_duration_seconds',
  help: 'How long calls to the server API took',
  labels: ['method'],
  buckets: answerBounds,
}

const pauses: DurationFamily = {
  name: 'nodejs_gc_duration_seconds',
  help: 'How long garbage collections held the loop',
  labels: ['kind'],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
}

/** All of them, in the order in which they are shown, behind the others. */
export const durationFamilies: readonly DurationFamily[] = [commands, pongs, calls, pauses]

export class Durations {
  readonly #pauses: Histogram
  readonly #stop: () => void

  constructor(registry: Registry, events: Events<NodeEvent>) {
    const [command, pong, call, pause] = [commands, pongs, calls, pauses].map(
      ({ name, help, labels, buckets }) =>
        new Histogram({
          name,
          help,
          labelNames: [...labels],
          buckets: [...buckets],
          registers: [registry],
        }),
    ) as [Histogram, Histogram, Histogram, Histogram]
    this.#pauses = pause
    this.#stop = events.on((event) => {
      if (event.name === 'command.answered')
        command.observe({ method: event.method }, event.ms / 1_000)
      else if (event.name === 'pong.heard') pong.observe(event.ms / 1_000)
      else if (event.name === 'api.called') call.observe({ method: event.method }, event.ms / 1_000)
    })
  }

  pause(kind: string, seconds: number): void {
    this.#pauses.observe({ kind }, seconds)
  }

  close(): void {
    this.#stop()
  }
}
