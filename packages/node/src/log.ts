// The log: one subscriber among others to the named events of the kernel and the node, which never log themselves.
//
//   events ──▶ level by name ──▶ secrets out ──▶ JSON lines on stdout, or readable ones on a terminal

import { formatEnd, type End, type NamedEvent } from '@sluice/core'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'
import type { NodeEvent } from './events.ts'
import type { LogLevel } from './option-schema.ts'
import { redact, redacted, redactFields, secretNames } from './redact.ts'

export type { Logger } from 'pino'

export interface LogSettings {
  level: LogLevel
  /** The node's name, in every line. Default none. */
  node?: string
  /** Readable lines instead of JSON. Default: when stdout is a terminal. */
  readable?: boolean
  /** Where lines go. Default: stdout. */
  destination?: Writable
}

/** A logger that keeps secrets out, whatever is handed to it. */
export function createLogger(settings: LogSettings): Logger {
  const { level, node, readable = process.stdout.isTTY, destination } = settings
  const lines = destination ?? standardOutput(() => logger)
  const logger: Logger = pino(
    {
      level,
      base: node === undefined ? { pid: process.pid } : { pid: process.pid, node },
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields),
      },
      serializers: { err: redact },
      // Formatters do not see what a child logger is bound to; these do.
      redact: { paths: [...secretNames], censor: redacted },
    },
    readable ? pretty({ destination: destination ?? 1, ignore: 'pid,node', sync: true }) : lines,
  )
  return logger
}

/** Anything that hands out named events. */
export interface EventSource {
  on(listener: (event: NamedEvent) => void): () => void
}

/** How loud an event is; those not listed are `debug`. */
export const eventLevels: Readonly<
  Partial<Record<NodeEvent['name'], Exclude<LogLevel, 'silent'>>>
> = {
  'node.ready': 'info',
  'node.draining': 'info',
  'node.drained': 'info',
  'system.ended': 'info',
  'actor.failed': 'error',
  'actor.restarted': 'warn',
  'actor.forced': 'warn',
  'actor.killed': 'warn',
  'actor.traced': 'info',
  'actor.dumped': 'info',
  'stacks.sampled': 'info',
  'supervisor.escalated': 'error',
  'hook.failed': 'error',
  'command.crashed': 'error',
  'connection.slow': 'warn',
  'bus.failed': 'warn',
  'link.changed': 'info',
  'link.lost': 'warn',
  'gap.told': 'warn',
  'messages.lost': 'warn',
  'frame.invalid': 'warn',
  'host.failed': 'error',
  'server.failed': 'error',
  'dump.written': 'info',
  'dump.failed': 'error',
  'loop.stalled': 'warn',
  'watchdog.failed': 'error',
  'signal.shared': 'warn',
}

/** Writes every event as a line, the name as its message. The result ends it. */
export function subscribeLog(logger: Logger, events: EventSource): () => void {
  return events.on((event) => {
    const level = levels.get(event.name) ?? 'debug'
    if (logger.isLevelEnabled(level)) logger[level](fieldsOf(event), event.name)
  })
}

const levels = new Map(Object.entries(eventLevels))

/** An event's fields as a line shows them: errors with their stack, an end as a sentence. */
function fieldsOf(event: NamedEvent & { error?: unknown; end?: unknown }): object {
  const { error, end } = event
  const ended = isEnd(end) ? { end: formatEnd(end), endCode: end.code } : { end }
  // The name is the line's message; an undefined field leaves no trace.
  return { ...event, name: undefined, error: undefined, err: error, ...ended }
}

function isEnd(value: unknown): value is End {
  return typeof value === 'object' && value !== null && 'code' in value && 'subject' in value
}

/** What may wait for a collector that reads slowly. */
const maxWaitingBytes = 4 * 1_048_576

/**
 * Stdout, without waiting and with a bound: a collector that stops reading must not stop the node, nor make it hold
 * lines without end, nor keep it from ending. (pino's own destination writes from a pool thread: where the pipe is
 * full that thread never returns, and the process cannot exit.) What is dropped is counted, and told when there is
 * room again. A collector that is gone is nobody to tell.
 */
function standardOutput(logger: () => Logger): DestinationStream {
  const { stdout } = process
  let dropped = 0
  let gone = false
  stdout.on('error', () => (gone = true))
  stdout.on('drain', () => {
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    logger().warn({ lines }, 'log.dropped')
  })
  return {
    write(line) {
      if (gone) return
      if (stdout.writableLength > maxWaitingBytes) dropped++
      else stdout.write(line)
    },
  }
}

/** Settles when all lines are with their collector, or when that took too long. */
export async function flushLog(withinMs = 1_000): Promise<void> {
  if (process.stdout.writableLength === 0) return
  await once(process.stdout, 'drain', { signal: AbortSignal.timeout(withinMs) }).catch(() => [])
}
