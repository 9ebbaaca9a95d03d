// The life of a node as a process, from its start to an exit code.
//
//   SIGTERM, SIGINT ─▶ drain ─▶ stop ─▶ 0          a second signal, later: 1, at once
//   nobody's error  ─▶ dump ─▶ drain ─▶ stop ─▶ 1  a second one: 1, at once
//   the node ends by itself ─────────▶ 0, or 1 after a fault

import type { EventEmitter } from 'node:events'
import type { Logger } from '../log.ts'

/** What the command line needs to know of a running node. */
export interface RunningNode {
  urls: { client: string; admin: string; page?: string }
  /** Says goodbye to every client, within the time that the options give. */
  drain(reason: string): Promise<void>
  stop(): Promise<void>
  /** Writes down what led to an error that nobody caught, at once. Absent where the nodes are processes of their own. */
  crashed?(error: unknown): void
  /** Settles when the node has ended, by itself or because it was stopped. */
  done: Promise<{ ok: boolean; reason: string }>
}

export interface Lifetime {
  start: () => Promise<RunningNode>
  /** Called once, when clients may connect. */
  announce: (urls: RunningNode['urls']) => void
  log: Logger
  /** Where signals, and errors that nobody caught, come from. Default: `process`. */
  events?: Pick<EventEmitter, 'on' | 'off'>
  /** Milliseconds, monotonic. Default: `performance.now`. */
  now?: () => number
}

/** Who signals a whole group reaches a node directly and again through npm or a wrapper: one wish, the same signal twice. */
const echoMs = 250

interface Ending {
  reason: string
  exitCode: number
}

/** Runs a node to its end and returns the exit code. Rejects when it does not start. */
export async function runNode({
  start,
  announce,
  log,
  events = process,
  now = () => performance.now(),
}: Lifetime): Promise<number> {
  const asked = Promise.withResolvers<Ending>()
  const forced = Promise.withResolvers<number>()
  let node: RunningNode | undefined
  let requests = 0
  let last = { signal: '', at: -Infinity }
  const request = (ending: Ending): void => {
    requests++
    if (requests === 1) asked.resolve(ending)
    else forced.resolve(1)
  }
  const onSignal = (signal: string): void => {
    const at = now()
    const echo = signal === last.signal && at - last.at < echoMs
    last = { signal, at }
    if (echo) return
    log.info({ signal }, requests === 0 ? 'node.signalled' : 'node.signalled again: ends at once')
    request({ reason: signal, exitCode: 0 })
  }
  // What the process is in after an error nobody caught is unknown: clients are sent elsewhere and it ends.
  const onFault = (error: unknown): void => {
    log.fatal({ err: error }, 'node.failed')
    node?.crashed?.(error)
    request({ reason: 'fault', exitCode: 1 })
  }
  const listeners = [
    ['SIGTERM', onSignal],
    ['SIGINT', onSignal],
    ['uncaughtException', onFault],
    ['unhandledRejection', onFault],
  ] as const

  for (const [name, listener] of listeners) events.on(name, listener)
  try {
    return await Promise.race([
      live(async () => (node = await start()), announce, asked.promise, log),
      forced.promise,
    ])
  } finally {
    for (const [name, listener] of listeners) events.off(name, listener)
  }
}

async function live(
  start: Lifetime['start'],
  announce: Lifetime['announce'],
  asked: Promise<Ending>,
  log: Logger,
): Promise<number> {
  // A signal that comes while the node starts waits here: half a tree is harder to take down than a whole one.
  const node = await start()
  announce(node.urls)
  const ownEnd = node.done.then(({ ok, reason }) => ({ ended: true, reason, exitCode: ok ? 0 : 1 }))
  const ending = await Promise.race([asked, ownEnd])
  if ('ended' in ending) {
    log[ending.exitCode === 0 ? 'info' : 'fatal']({ reason: ending.reason }, 'node.ended')
    return ending.exitCode
  }
  await node.drain(ending.reason)
  await node.stop()
  return ending.exitCode
}
