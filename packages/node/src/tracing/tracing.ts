// Who caused what, as OpenTelemetry spans: from a client's command or a backend's call, through every actor that handles a
// message of it, to what is published and to whom.
//
//   command publish ─▶ ask game ─▶ game publish ─▶ publish ─▶ fan-out
//
// Where one is, is kept by an AsyncLocalStorage; from actor to actor it goes along with the message. What is not sampled at its
// beginning is not followed, and costs one look. Spans hold names, ids and counts, never what messages say.

import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer as SpanMaker,
} from '@opentelemetry/api'
import type { TracerProvider } from '@opentelemetry/sdk-trace'
import { type Clock, isPromise, type Ref, SluiceError, type Tracer } from '@sluice/core'
import { type About, createProvider, type Outcome } from './exporter.ts'
import { createOutsideClock } from './outside-clock.ts'
import { SpanClock } from './span-clock.ts'
import { readTraceparent, writeTraceparent } from './traceparent.ts'
import type { TracingOptions } from './tracing-options.ts'

/** Publications of one turn that a fan-out is linked to; more are counted only. */
const maxLinks = 32
/** How long the end of a node waits for its last spans to be taken. */
const closeMs = 2_000

/** Starts to trace one node. `random` is 0 to 1. */
export function startTracing(
  options: TracingOptions,
  about: About,
  random: () => number = Math.random,
): Tracing {
  const outcome: Outcome = { sent: 0, lost: 0 }
  const provider = createProvider(options, about, outcome)
  return new Tracing(provider, outcome, options.sample, random)
}

export class Tracing implements Tracer {
  /** What became of the spans. */
  readonly outcome: Readonly<Outcome>
  readonly #provider: TracerProvider
  readonly #spans: SpanMaker
  readonly #sample: number
  readonly #random: () => number
  readonly #clock = new SpanClock()
  readonly #here = new AsyncLocalStorage<Context | undefined>()

  constructor(provider: TracerProvider, outcome: Outcome, sample: number, random: () => number) {
    this.outcome = outcome
    this.#provider = provider
    this.#spans = provider.getTracer('sluice')
    this.#sample = sample
    this.#random = random
  }

  // ── as the kernel's tracer ──

  carry(): Context | undefined {
    return this.#here.getStore()
  }

  handle(carried: unknown, actor: Ref, type: string, receive: () => unknown): unknown {
    const { name } = actor.behavior
    const options = { attributes: { ...actorOf(actor), 'sluice.message': type } }
    return this.#in(`${name} ${type}`.trimEnd(), options, carried as Context, receive)
  }

  ask(to: Ref, send: () => void): (error: unknown) => void {
    const here = this.#here.getStore()
    if (here === undefined) {
      send()
      return nothing
    }
    const span = this.#start(`ask ${to.behavior.name}`, { attributes: actorOf(to) }, here)
    const end = (error: unknown): void => this.#finish(span, error)
    try {
      this.#here.run(trace.setSpan(here, span), send)
    } catch (error) {
      end(error)
      throw error
    }
    return end
  }

  // ── what a node does ──

  /** A client's command, where what it causes begins. */
  command<T>(method: string, client: string, run: () => T): T {
    if (this.#random() >= this.#sample) return run()
    const attributes = { 'sluice.client': client, 'sluice.method': method }
    const options = { kind: SpanKind.SERVER, attributes, root: true }
    return this.#in(`command ${method}`, options, ROOT_CONTEXT, run)
  }

  /** A call to the server API, or of another node; `traceparent` says whether and as part of what it is followed. */
  call<T>(name: string, traceparent: string | undefined, run: () => T): T {
    const from = traceparent === undefined ? undefined : readTraceparent(traceparent)
    const followed = from === undefined ? this.#random() < this.#sample : isFollowed(from)
    if (!followed) return run()
    const parent = from === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, from)
    return this.#in(name, { kind: SpanKind.SERVER }, parent, run)
  }

  /** Something that belongs to what is followed here, if anything is. */
  part<T>(name: string, attributes: Attributes, run: () => T): T {
    const here = this.#here.getStore()
    return here === undefined ? run() : this.#in(name, { attributes }, here, run)
  }

  /** What is followed here was refused, with this code. */
  refused(code: number): void {
    const here = this.#here.getStore()
    if (here === undefined) return
    const span = trace.getSpan(here)
    span?.setAttribute('sluice.error', code)
    span?.setStatus({ code: SpanStatusCode.ERROR, message: String(code) })
  }

  /** Adds where we are to `places`, which the fan-out of a turn came from; or where another node was. */
  gather(places: Context[] | undefined, traceparent?: string): Context[] | undefined {
    const here = this.#here.getStore() ?? elsewhere(traceparent)
    if (here === undefined) return places
    if (places === undefined) return [here]
    if (places.length <= maxLinks) places.push(here)
    return places
  }

  /** A room hands its members what was gathered; `run` does it. */
  fanOut(places: readonly Context[], attributes: Attributes, run: () => void): void {
    const [first = ROOT_CONTEXT, ...others] = places
    const links = others.flatMap((place) => {
      const context = trace.getSpanContext(place)
      return context === undefined ? [] : [{ context }]
    })
    this.#in('fan-out', { attributes, links }, first, run)
  }

  /** What to send along to another node, or program; undefined when nothing is followed here. */
  traceparent(): string | undefined {
    const here = this.#here.getStore()
    const context = here === undefined ? undefined : trace.getSpanContext(here)
    return context === undefined ? undefined : writeTraceparent(context)
  }

  /** For the kernel: its turns and timers are nobody's. */
  clock(clock: Clock): Clock {
    return createOutsideClock(clock, this.#here)
  }

  /** Sends what is left, for as long as that may take. Never rejects. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs)
    })
    await Promise.race([this.#provider.shutdown().catch(nothing), late])
    clearTimeout(timer)
  }

  #start(name: string, options: SpanOptions, parent: Context): Span {
    return this.#spans.startSpan(name, { ...options, startTime: this.#clock.now() }, parent)
  }

  /** An error's text may quote a message; its code, or else its class, does not. */
  #finish(span: Span, error: unknown): void {
    if (error !== undefined) {
      const what =
        error instanceof SluiceError ? error.code : error instanceof Error ? error.name : 'error'
      span.setStatus({ code: SpanStatusCode.ERROR, message: what })
    }
    span.end(this.#clock.now())
  }

  /** Runs it in a span, which ends when it does. */
  #in<T>(name: string, options: SpanOptions, parent: Context, run: () => T): T {
    const span = this.#start(name, options, parent)
    let result: T
    try {
      result = this.#here.run(trace.setSpan(parent, span), run)
    } catch (error) {
      this.#finish(span, error)
      throw error
    }
    if (isPromise(result)) {
      result.then(
        () => this.#finish(span, undefined),
        (error: unknown) => this.#finish(span, error),
      )
    } else this.#finish(span, undefined)
    return result
  }
}

/** Where another node was, if that is followed. */
function elsewhere(traceparent: string | undefined): Context | undefined {
  const from = traceparent === undefined ? undefined : readTraceparent(traceparent)
  return from !== undefined && isFollowed(from)
    ? trace.setSpanContext(ROOT_CONTEXT, from)
    : undefined
}

function isFollowed({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0
}

function actorOf(actor: Ref): Attributes {
  return { 'sluice.actor': actor.id, 'sluice.behavior': actor.behavior.name }
}

function nothing(): void {}
