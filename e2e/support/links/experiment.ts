// An experiment: one thing that goes wrong between nodes and Redis, done many times, with figures of what came of it.

import { randomBytes } from 'node:crypto'

export interface Experiment {
  readonly name: string
  /** What is done, and what has to come of it. */
  readonly promise: string
  /** How often, unless told otherwise. */
  readonly times: number
  readonly play: (run: Run) => Promise<Figures>
}

export interface Run {
  readonly times: number
  /** 0 to 1. */
  readonly random: () => number
  /** A small form of it, for a machine that is to be done soon: fewer at once, and shorter. */
  readonly brief: boolean
}

export interface Figures {
  readonly rows: readonly (readonly [name: string, figure: string | number])[]
  /** Each promise that was not kept, in a line; empty when all were. */
  readonly broken: readonly string[]
  /** Likewise, of what was kept too late. */
  readonly late: readonly string[]
}

/** Takes the rounds 0 … times - 1, `lanes` at a time; each lane keeps what `open` made for it until it is done. */
export async function inLanes<Lane extends AsyncDisposable>(
  times: number,
  lanes: number,
  open: () => Promise<Lane>,
  play: (lane: Lane, round: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    await using lane = await open()
    for (let round = next++; round < times; round = next++) await play(lane, round)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, times) }, work))
}

/** Of numbers in any order; 0 when there are none. */
export function percentile(all: readonly number[], part: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

/** Smallest, median, 99th percentile and largest, of milliseconds. */
export function spreadOf(times: readonly number[]): string {
  if (times.length === 0) return 'none'
  const digits = percentile(times, 1) < 10 ? 1 : 0
  const at = (part: number): string => percentile(times, part).toFixed(digits)
  return `${at(0)} / ${at(0.5)} / ${at(0.99)} / ${at(1)} ms`
}

/** Says so when a time was longer than promised. */
export function atMost(limitMs: number, times: readonly number[], what: string): string[] {
  const late = times.filter((each) => !(each <= limitMs))
  if (late.length === 0) return []
  const longest = Math.max(...late).toFixed(0)
  return [
    `${what}: ${late.length} of ${times.length} took longer than ${limitMs} ms, up to ${longest}`,
  ]
}

/** A number that all have in common, of keys and channels nobody else has. */
export function ownPrefix(): string {
  return `links-${randomBytes(6).toString('hex')}`
}

/** The promise, or an error that says what did not happen. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${deadlineMs} ms in vain until ${what}`)),
    deadlineMs,
  )
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
