// What the parts of one node share. Made once by node.ts; nothing here is global.

import type { Bus } from '@sluice/cluster'
import type { Events, MaybePromise, System } from '@sluice/core'
import { isPromise } from '@sluice/core'
import type { DecodeLimits } from '@sluice/protocol'
import type { TokenVerifier } from './auth/tokens.ts'
import { createCounters, type Counters } from './counters.ts'
import type { Edge } from './edge/edge.ts'
import type { Registry } from './edge/registry.ts'
import type { Writer } from './edge/writer.ts'
import type { NodeEvent } from './events.ts'
import type { Lag } from './metrics/loop-lag.ts'
import type { Modules } from './extend/modules.ts'
import type { RpcRouter } from './extend/rpc.ts'
import type { NodeOptions } from './options.ts'
import type { RoomLookup } from './room-lookup.ts'
import type { Directory } from './rooms/directory.ts'
import type { Tracing } from './tracing/tracing.ts'
import type { Dumper } from './seeing/dumper.ts'
import { Explainer } from './seeing/explainer.ts'

/** A shared notebook: filled by node.ts in the order of the tree, read by everybody. */
export class Services {
  readonly options: NodeOptions
  readonly system: System
  readonly writer: Writer
  readonly events: Events<NodeEvent>
  readonly lookup: RoomLookup
  readonly verifier: TokenVerifier
  readonly decodeLimits: DecodeLimits
  readonly version: string
  /** Unique among all nodes at all times. */
  readonly uid: string
  readonly counters: Counters = createCounters()
  readonly explainer: Explainer
  bus!: Bus
  directory!: Directory
  edge!: Edge
  registry!: Registry
  modules!: Modules
  rpc!: RpcRouter
  /** Absent in a node that does not trace. */
  tracing: Tracing | undefined = undefined
  dumper!: Dumper
  /** What `/debug/vars` tells. */
  figures!: () => Record<string, number | string>
  lag!: () => Lag
  /** No new connections are taken. */
  draining = false

  constructor(
    parts: Pick<
      Services,
      | 'options'
      | 'system'
      | 'writer'
      | 'events'
      | 'lookup'
      | 'verifier'
      | 'decodeLimits'
      | 'version'
      | 'uid'
    >,
  ) {
    this.options = parts.options
    this.system = parts.system
    this.writer = parts.writer
    this.events = parts.events
    this.lookup = parts.lookup
    this.verifier = parts.verifier
    this.decodeLimits = parts.decodeLimits
    this.version = parts.version
    this.uid = parts.uid
    this.explainer = new Explainer(parts.system)
  }

  /** Lets a call to the bus run its course; a failure is told, and waited for by nobody. */
  follow(call: string, room: string, result: MaybePromise<unknown>): void {
    if (!isPromise(result)) return
    result.then(undefined, (error: unknown) => this.report(call, room, error))
  }

  report(call: string, room: string, error: unknown): void {
    this.counters.busFailures++
    this.events.emit({ name: 'bus.failed', call, room, error })
  }
}
