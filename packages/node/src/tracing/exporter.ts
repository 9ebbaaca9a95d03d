// The way of spans out of the node: gathered, sent each second to an OTLP endpoint, bounded, and given up when that does not
// take them. Whether anybody takes them changes nothing for anybody else.
//
//   ended spans ─▶ queue (2,048; then they are dropped) ─▶ POST, 512 at once, 5 s to be taken ─▶ endpoint

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TracingOptions } from './tracing-options.ts'

/** What became of spans that ended. */
export interface Outcome {
  /** How many the endpoint has taken. */
  sent: number
  /** How many it has not. */
  lost: number
}

/** What identifies a node in its spans. */
export interface About {
  readonly name: string
  readonly uid: string
  readonly version: string
}

const sendMs = 1_000
const takenWithinMs = 5_000

/** Makes the provider of tracers for one node; what becomes of its spans is counted in `outcome`. */
export function createProvider(
  { endpoint }: TracingOptions,
  { name, uid, version }: About,
  outcome: Outcome,
): TracerProvider {
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: takenWithinMs })
  const counted: typeof exporter.export = (spans, done) =>
    exporter.export(spans, (result) => {
      outcome[result.error === undefined ? 'sent' : 'lost'] += spans.length
      done(result)
    })
  return new TracerProvider({
    // What is followed is decided where it begins.
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({
      'service.name': 'sluice',
      'service.version': version,
      'service.instance.id': uid,
      'sluice.node': name,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: {
          export: counted,
          forceFlush: () => exporter.forceFlush(),
          shutdown: () => exporter.shutdown(),
        },
        scheduledDelayMillis: sendMs,
        exportTimeoutMillis: takenWithinMs,
      }),
    ],
  })
}
