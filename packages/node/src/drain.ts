// Drain: a node says goodbye. No new connections; those that are there are closed with 3001 in paced, shuffled batches,
// so that the other nodes see a stream of reconnects and not a wave; who is left at the deadline is cut.
//
//   signal ── graceMs: /ready is red ──▶ closes, in batches or over spreadMs ──▶ close frames answered ──▶ done
//   └──────────────────────────── deadlineMs ────────────────────────────▶ cut

import { disconnects } from '@sluice/protocol'
import { Connection } from './edge/connection.ts'
import type { DrainOptions } from './options.ts'
import type { Services } from './services.ts'

export interface Drained {
  tookMs: number
  /** Connections that were still there at the deadline. */
  cut: number
}

/** How often it is looked whether the last peers have answered their close frames. */
const lookMs = 50

/** Resolves when no connection is left, or the deadline has passed, or the node has ended meanwhile. */
export async function drain(services: Services, reason: string): Promise<Drained> {
  const { system, events, options } = services
  const { graceMs, deadlineMs } = options.drain
  const { clock } = system
  const started = clock.now()
  const left = (): number =>
    system.context.ended ? 0 : Math.max(0, started + deadlineMs - clock.now())
  services.draining = true
  events.emit({ name: 'node.draining', reason, connections: connections(services).length })
  if (graceMs > 0) await pause(services, Math.min(graceMs, left()))
  const waiting = shuffle(connections(services), system.random)
  const { batch, intervalMs } = paceOf(options.drain, waiting.length)
  while (waiting.length > 0 && left() > 0) {
    close(waiting.splice(0, batch), reason)
    // oxlint-disable-next-line no-await-in-loop -- the pace is the point
    if (waiting.length > 0) await pause(services, Math.min(intervalMs, left()))
  }
  while (services.edge.sockets > 0 && left() > 0) {
    // Also those that were accepted just before, and whose actors started since.
    close(connections(services), reason)
    // oxlint-disable-next-line no-await-in-loop -- until the peers have answered their close frames
    await pause(services, Math.min(lookMs, left()))
  }
  const drained = { tookMs: clock.now() - started, cut: services.edge.sockets }
  // At the deadline nobody waits for close frames any more: whoever set it kills what is left.
  for (const connection of connections(services)) connection.cut(reason)
  events.emit({ name: 'node.drained', ...drained })
  return drained
}

/** How many are closed at once, and how long after the batch before. Spread out, the last batch goes before `spreadMs` is over. */
export function paceOf(
  { batch, intervalMs, spreadMs }: DrainOptions,
  many: number,
): Pick<DrainOptions, 'batch' | 'intervalMs'> {
  if (spreadMs === 0 || many === 0) return { batch, intervalMs }
  const most = Math.max(1, Math.floor(spreadMs / intervalMs))
  const size = Math.ceil(many / most)
  return { batch: size, intervalMs: spreadMs / Math.ceil(many / size) }
}

/** Every connection of this node, also those that have not said who they are. */
export function connections(services: Services): Connection[] {
  const found: Connection[] = []
  for (const actor of services.system.actors) {
    if (actor?.state instanceof Connection) found.push(actor.state)
  }
  return found
}

function close(leaving: readonly Connection[], reason: string): void {
  for (const connection of leaving) connection.close(disconnects.shutdown, reason)
}

/** Ends early when the node does. */
function pause(services: Services, ms: number): Promise<void> {
  const { wheel, context } = services.system
  return new Promise((resolve) => {
    const forget = context.onEnd(() => {
      wheel.cancel(timer)
      resolve()
    })
    const timer = wheel.add(
      ms,
      () => {
        forget()
        resolve()
      },
      undefined,
    )
  })
}

function shuffle<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
  return list
}
