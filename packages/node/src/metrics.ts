// What a node tells about itself in numbers: to Prometheus all of it, to programs the figures that matter. Read when
// somebody asks; the one thing that runs in between is the clock that looks at the event loop.
//
//   services, kernel ─┐
//   event loop        ├─▶ reading ─┬─▶ families ─▶ prom-client ─▶ text
//   process           ┘            └─▶ vars

import { Counter, Gauge, Registry } from 'prom-client'
import { families, type Family } from './metrics/families.ts'
import { LoopLag } from './metrics/loop-lag.ts'
import { takeReading } from './metrics/reading.ts'
import { varsOf } from './metrics/vars.ts'
import type { Services } from './services.ts'

export interface Metrics {
  /** All metrics, in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  /** The figures that programs ask for, in one flat object. */
  vars(): Record<string, number | string>
  /** Stops what was started. Reading goes on to work. */
  close(): void
}

/** The metrics of one node. */
export function createMetrics(services: Services): Metrics {
  const registry = new Registry()
  const lag = new LoopLag(services.system.wheel)
  const fill = families.map((family) => ({ family, set: register(family, registry) }))
  return {
    contentType: registry.contentType,
    text() {
      const reading = takeReading(services, lag)
      for (const { family, set } of fill) set(family.read(reading))
      return registry.metrics()
    },
    vars: () => varsOf(takeReading(services, lag)),
    close: () => lag.close(),
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
