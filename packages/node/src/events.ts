// The named events of a node, beside those of the kernel. Logs and metrics are subscribers; nothing else logs.

import type { BusEvent } from '@sluice/cluster'
import type { DumpReason, KernelEvent } from '@sluice/core'

export type NodeEvent =
  | KernelEvent
  | BusEvent
  | { name: 'node.ready'; client: string; admin: string }
  | { name: 'node.draining'; reason: string; connections: number }
  | { name: 'node.drained'; tookMs: number; cut: number }
  | { name: 'server.failed'; error: unknown }
  | { name: 'connection.refused'; status: number; why: string; address: string }
  | { name: 'connection.opened'; client: string; user: string; address: string }
  | { name: 'connection.closed'; client: string; user: string; code: number; reason: string }
  | { name: 'connection.slow'; client: string; user: string; queued: number }
  | { name: 'command.failed'; client: string; method: string; code: number; message: string }
  /** A command that was not answered in the turn in which it came. */
  | { name: 'command.answered'; client: string; method: string; ms: number }
  | { name: 'pong.heard'; client: string; ms: number }
  | { name: 'command.crashed'; client: string; method: string; error: unknown }
  | { name: 'room.opened'; room: string }
  | { name: 'room.closed'; room: string }
  | { name: 'bus.failed'; call: string; room: string; error: unknown }
  | { name: 'actor.killed'; actor: string; behavior: string; reason: string }
  /** Somebody follows it from now on, message by message; for 0 seconds: does not any more. */
  | { name: 'actor.traced'; actor: string; behavior: string; seconds: number; reason: string }
  | { name: 'actor.dumped'; actor: string; behavior: string; reason: string }
  | { name: 'stacks.sampled'; share: number }
  | {
      name: 'dump.written'
      trigger: DumpReason['trigger']
      detail: string
      dump: string
      bytes: number
    }
  /** Another one is being written, or the last one was only just. */
  | { name: 'dump.skipped'; trigger: DumpReason['trigger']; detail: string; why: string }
  | { name: 'dump.failed'; trigger: DumpReason['trigger']; detail: string; error: unknown }
  /** The loop turns again; nothing else has for so long. */
  | { name: 'loop.stalled'; ms: number }
  /** From now on somebody looks whether the loop turns. */
  | { name: 'watchdog.started' }
  /** Nobody looks any more whether the loop turns. */
  | { name: 'watchdog.failed'; error: unknown }
  /** Node's own report is written on the signal that asks for a dump, too. */
  | { name: 'signal.shared'; signal: string }
  | { name: 'api.called'; method: string; ms: number; error: number }
