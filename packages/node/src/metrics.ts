// What a node tells about itself in numbers: to Prometheus all of it, to programs the figures that matter. Read when
// somebody asks; what runs in between are the clocks that look at the event loop and at the garbage collector.
//
//   services, kernel ─┐
//   event loop        ├─▶ reading ─┬─▶ families ─┐
//   process           ┘            └─▶ vars      ├─▶ prom-client ─▶ text
//   events ─────────────▶ durations ─────────────┘

import { Counter, Gauge, Registry } from 'prom-client'
import { takeBacklog } from './metrics/backlog.ts'
import { Dumps } from './metrics/dumps.ts'
import { Durations } from './metrics/durations.ts'
import { families } from './metrics/families.ts'
import type { Family } from './metrics/family.ts'
import { Garbage } from './metrics/garbage.ts'
import { type Lag, LoopLag } from './metrics/loop-lag.ts'
import { takeReading } from './metrics/reading.ts'
import { varsOf } from './metrics/vars.ts'
import type { Services } from './services.ts'

export interface Metrics {
  /** All metrics, in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  /** The figures that programs ask for, in one flat object. */
  vars(): Record<string, number | string>
  /** How late the event loop is. */
  lag(): Lag
  /** The connections whose sockets are furthest behind, the worst first. */
  slowest(limit: number): SlowRow[]
  /** Stops what was started. Reading goes on to work. */
  close(): void
}

/** A connection whose socket is full. */
export interface SlowRow {
  readonly actor: string
  readonly client: string
  readonly user: string
  readonly address: string
  readonly queueBytes: number
  readonly blockedSeconds: number
  readonly rooms: number
}

/** The metrics of one node. */
export function createMetrics(services: Services): Metrics {
  const registry = new Registry()
  const { system, events } = services
  const fill = families.map((family) => ({ family, set: register(family, registry) }))
  const durations = new Durations(registry, events)
  const gauges = {
    dumps: new Dumps(events),
    lag: new LoopLag(system.clock),
    garbage: new Garbage(system.wheel, ({ kind, seconds }) => durations.pause(kind, seconds)),
  }
  return {
    contentType: registry.contentType,
    text() {
      const reading = takeReading(services, gauges)
      for (const { family, set } of fill) set(family.read(reading))
      return registry.metrics()
    },
    vars: () => varsOf(takeReading(services, gauges)),
    lag: () => gauges.lag.read(),
    slowest: (limit) =>
      takeBacklog(services.registry, system.clock.now(), limit).worst.map(
        ({ connection, bytes, age }) => ({
          actor: connection.self.id,
          client: connection.client,
          user: connection.user,
          address: connection.inlet.address,
          queueBytes: bytes,
          blockedSeconds: age,
          rooms: connection.subscriptions?.size ?? 0,
        }),
      ),
    close() {
      durations.close()
      gauges.dumps.close()
      gauges.lag.close()
      gauges.garbage.close()
    },
  }
}

/** Makes the family's metric; the result puts samples in the place of those it had. */
function register(
  { name, type, help, labels }: Family,
  registry: Registry,
): (samples: ReturnType<Family['read']>) => void {
  const settings = { name, help, labelNames: [...labels], registers: [registry] }
  const metric = type === 'counter' ? new Counter(settings) : new Gauge(settings)
  return (samples) => {
    metric.reset()
    for (const [values, value] of samples) metric.inc({ ...values }, value)
  }
}
