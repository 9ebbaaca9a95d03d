// The part of the options that is about tracing: where spans go, and of how many causes.

import type * as z from 'zod'
import { checked, fraction, partly } from '../option-leaves.ts'

export interface TracingOptions {
  /** The URL that takes spans as OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`. */
  endpoint: string
  /** The share of commands and calls that are followed. Who sends a `traceparent` has decided. Default 0.01. */
  sample: number
}

/** The section, as a file writes it. */
export type TracingConfig = Pick<TracingOptions, 'endpoint'> & { sample?: number | undefined }

/** The schema of the section. */
export const tracingSchema: z.ZodType<TracingConfig, TracingConfig> = partly(
  { endpoint: checked('a URL that starts with http:// or https://', isHttpUrl) },
  { sample: fraction(0, 1) },
)

/** What is given over the defaults. */
export function resolveTracing({ endpoint, sample }: TracingConfig): TracingOptions {
  return { endpoint, sample: sample ?? 0.01 }
}

function isHttpUrl(given: string): boolean {
  return ['http:', 'https:'].includes(URL.parse(given)?.protocol ?? '')
}
