// A small endpoint that takes spans as OTLP over HTTP, in JSON, and keeps what it took.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../http/harness.ts'

export interface TakenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: Record<string, unknown>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** The node that sent it. */
  readonly node: string
}

interface Body {
  resourceSpans: {
    resource: { attributes: Pair[] }
    scopeSpans: { spans: (Omit<TakenSpan, 'attributes'> & { attributes: Pair[] })[] }[]
  }[]
}

interface Pair {
  key: string
  value: Record<string, unknown>
}

export interface Otlp {
  readonly endpoint: string
  readonly spans: TakenSpan[]
  /** Every body, as it came. */
  readonly bodies: string[]
  /** The span of this name; fails when there is none, or more than one. */
  one(name: string): TakenSpan
  /** From the beginning of its trace to the span. */
  path(span: TakenSpan): string
}

/** How the endpoint answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

const takes: Answer = (_request, response) =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')

/** Starts it; it is gone when the test is over. */
export async function startOtlp(answer: Answer = takes): Promise<Otlp> {
  const spans: TakenSpan[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      bodies.push(body)
      spans.push(...read(JSON.parse(body) as Body))
      answer(request, response)
    })
  })
  const endpoint = `http://127.0.0.1:${await listen(server)}/v1/traces`
  return {
    endpoint,
    spans,
    bodies,
    one(name) {
      const found = spans.filter((span) => span.name === name)
      const [span] = found
      if (span === undefined || found.length > 1) {
        throw new Error(
          `${found.length} of ${name} in: ${spans.map((each) => each.name).join(', ')}`,
        )
      }
      return span
    },
    path(span) {
      const names: string[] = []
      for (let at: TakenSpan | undefined = span; at !== undefined;) {
        names.unshift(at.name)
        const { parentSpanId, traceId }: TakenSpan = at
        at = spans.find((each) => each.spanId === parentSpanId && each.traceId === traceId)
      }
      return names.join(' > ')
    },
  }
}

function read({ resourceSpans }: Body): TakenSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const node = String(plain(resource.attributes)['sluice.node'])
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        links: span.links ?? [],
        attributes: plain(span.attributes),
        node,
      })),
    )
  })
}

function plain(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]))
}
