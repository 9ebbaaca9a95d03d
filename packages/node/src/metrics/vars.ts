// `/debug/vars`: the figures that programs ask for, in one flat object. Its keys are a promise: tools read them.

import { states } from '@sluice/core'
import { unreadyReason } from '../http/health.ts'
import type { Reading } from './reading.ts'

/** A reading as numbers and texts by name. */
export function varsOf(reading: Reading): Record<string, number | string> {
  const { services, census, backlog, lag, memory, pauses } = reading
  const { system, options, registry, directory, counters } = services
  const population = system.population()
  const vars: Record<string, number | string> = {
    name: options.name,
    uid: services.uid,
    version: services.version,
    ready: unreadyReason(services) ?? 'yes',
    uptime_seconds: reading.uptimeMs / 1_000,

    actors: system.table.live,
  }
  for (const state of states) if (state !== 'dead') vars[`actors_${state}`] = population[state]
  for (const [name, count] of census.waits) vars[`waits_${name}`] = count
  for (const [code, count] of Object.entries(system.counters.ends)) vars[`ends_${code}`] = count
  return {
    ...vars,
    orphans: system.orphans(),
    spawned: system.counters.spawned,
    restarts: system.counters.restarts,
    forced: system.counters.forced,
    handled: system.counters.handled,
    dead_letters: system.counters.deadLetters,
    overflowed: system.counters.overflowed,
    mailbox_messages: census.messages,

    sockets: reading.sockets,
    connections: countOf(reading, 'connection'),
    clients: registry.clients,
    users: registry.users,
    rooms: directory.size,
    members: reading.members,
    accepted: counters.accepted,
    closed: sum(counters.closed),
    refused: sum(counters.refused),
    slow: counters.slow,
    blocked: backlog.connections,
    queue_bytes: backlog.bytes,
    queue_bytes_max: backlog.spread.max,
    recovered: counters.recovered,
    unrecovered: counters.unrecovered,

    frames_in: counters.framesIn,
    commands: counters.commands,
    reply_errors: sum(counters.replyErrors),
    published: counters.published,
    deliveries: counters.deliveries,
    dropped: counters.dropped,
    bus_failures: counters.busFailures,

    timers: system.wheel.size,
    listeners: reading.listeners,
    loop_lag_p50_ms: lag.p50 * 1_000,
    loop_lag_p99_ms: lag.p99 * 1_000,
    loop_lag_max_ms: lag.max * 1_000,
    gc_seconds: pauses.sum,
    gc_pause_max_ms: pauses.longest * 1_000,
    rss_bytes: memory.rss,
    heap_used_bytes: memory.heapUsed,
    heap_total_bytes: memory.heapTotal,
    external_bytes: memory.external,
    allocated_bytes: reading.allocatedBytes,
  }
}

function countOf({ census }: Reading, behavior: string): number {
  const counts = census.behaviors.get(behavior)
  return counts === undefined ? 0 : counts.idle + counts.running + counts.waiting
}

function sum(counts: ReadonlyMap<unknown, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}
