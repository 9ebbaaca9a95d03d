// Cuts the measured time out of a run: warm up, note where everything stands, wait, note again.

import { setTimeout as sleep } from 'node:timers/promises'
import { busyUs, cpuUs } from '../support/proc.ts'
import { stampAt } from './payload.ts'
import type { Target } from './scenario.ts'

/** The measured part of an outcome. */
export interface Reading {
  seconds: number
  count: number
  /** Of all nodes together. */
  serverCpuUs: number
  redisCpuUs: number
  swarmCpuUs: number
  /** CPU time of the machine that went to none of these: to other work, or to the hypervisor's other guests. */
  elsewhereUs: number
  latencyMs: { p50: number; p99: number }
}

interface Times {
  warmupMs: number
  measureMs: number
  target: Target
}

/** What came in, and what it cost each process, between `warmupMs` from now and `measureMs` after that. */
export async function measure(
  times: Times,
  count: () => number,
  latency: Latency,
): Promise<Reading> {
  await sleep(times.warmupMs)
  latency.reset()
  const before = look(times.target, count())
  await sleep(times.measureMs)
  const after = look(times.target, count())
  const serverCpuUs = after.server - before.server
  const redisCpuUs = after.redis - before.redis
  const swarmCpuUs = after.swarm - before.swarm
  return {
    seconds: after.seconds - before.seconds,
    count: after.count - before.count,
    serverCpuUs,
    redisCpuUs,
    swarmCpuUs,
    elsewhereUs: Math.max(0, after.busy - before.busy - serverCpuUs - redisCpuUs - swarmCpuUs),
    latencyMs: latency.summary(),
  }
}

function look({ nodes, redisPid }: Target, count: number) {
  return {
    seconds: performance.now() / 1000,
    count,
    server: nodes.reduce((sum, { pid }) => sum + cpuUs(pid), 0),
    redis: redisPid === undefined ? 0 : cpuUs(redisPid),
    swarm: cpuUs(process.pid),
    busy: busyUs(),
  }
}

/** Time, for `quiet`. */
export interface Patience {
  now: () => number
  sleep: (ms: number) => Promise<unknown>
}

// A server that others keep from running is silent for seconds, and has lost nothing: with one second here, a whole
// window once counted as lost that was only late. Waiting costs nothing unless something is missing.
const silenceMs = 10_000
const lookMs = 50

/** Resolves when there is enough, or when `count` has stood still for so long that nothing more is coming. */
export async function quiet(
  count: () => number,
  enough: () => boolean,
  { now, sleep: pause }: Patience = { now: () => performance.now(), sleep },
): Promise<void> {
  let last = count()
  let since = now()
  while (!enough() && now() - since < silenceMs) {
    await pause(lookMs)
    if (count() === last) continue
    last = count()
    since = now()
  }
}

/** The swarm's clock, as stamped into payloads: microseconds. */
export function nowUs(): number {
  return performance.now() * 1000
}

/** Latencies in milliseconds, since the last reset. */
export class Latency {
  #turn = 0
  #ms: number[] = []

  add(ms: number): void {
    this.#ms.push(ms)
  }

  /** Takes every eighth stamp it is offered: reading one costs more than counting a message. */
  offer(bytes: Buffer, at: number, to: number): void {
    if ((this.#turn++ & 7) !== 0) return
    const stamp = stampAt(bytes, at, to)
    if (!Number.isNaN(stamp)) this.add((nowUs() - stamp) / 1000)
  }

  reset(): void {
    this.#ms = []
  }

  summary(): { p50: number; p99: number } {
    const sorted = Float64Array.from(this.#ms).toSorted()
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
    return { p50: at(0.5), p99: at(0.99) }
  }
}
