// One node: the supervision tree, in start order, and the servers in front of it.
//
//   root
//   ├─ rooms       ─ room × n          one actor per room with members here  ─ the room's behaviour
//   ├─ services    ─ behaviours that answer RPC on their own
//   ├─ edge        ─ connection × n    one actor per socket
//   └─ admin         HTTP, metrics

import { randomUUID } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import type { Bus, BusHost } from '@sluice/cluster'
import {
  type Behavior,
  createSystem,
  type End,
  Events,
  formatEnd,
  type System,
  systemClock,
} from '@sluice/core'
import { resolveDecodeLimits } from '@sluice/protocol'
import { createTokenVerifier } from './auth/tokens.ts'
import { createBus } from './bus.ts'
import { createBusHost } from './bus-host.ts'
import { drain } from './drain.ts'
import { Edge } from './edge/edge.ts'
import { Registry } from './edge/registry.ts'
import { Writer } from './edge/writer.ts'
import type { NodeEvent } from './events.ts'
import { loadModules } from './extend/modules.ts'
import { RpcRouter } from './extend/rpc.ts'
import { createAdminHandler } from './http/admin.ts'
import { createClientHandler } from './http/client.ts'
import { createServer } from './http/server.ts'
import { type Logger, subscribeLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import type { NodeOptions } from './options.ts'
import { createRoomLookup } from './room-lookup.ts'
import { Directory } from './rooms/directory.ts'
import { Dumper } from './seeing/dumper.ts'
import { startSeeing } from './seeing/seeing.ts'
import { Services } from './services.ts'
import type { Tracing } from './tracing/tracing.ts'
import { version } from './version.ts'

/** A node that takes connections. */
export interface RunningNode {
  /** `page`: something to try it with, when a site is served. */
  readonly urls: { client: string; admin: string; page?: string }
  readonly system: System
  readonly events: Events<NodeEvent>
  readonly services: Services
  /** Says goodbye to every connection, then stops. */
  drain(reason: string): Promise<void>
  /** Stops at once. */
  stop(reason?: string): Promise<void>
  /** Writes a dump of what led to an error that nobody caught, at once. The process should end then. */
  crashed(error: unknown): void
  /** Settles when the node has ended, by request (`ok`) or by a fault. */
  readonly done: Promise<{ ok: boolean; reason: string }>
}

export interface NodeExtras {
  /** Where events are written, from the very start. Default: nowhere. */
  log?: Logger
  /** The process is this node's alone: it takes a dump on a signal, and leaves one when it ends. Default: no. */
  ownsProcess?: boolean
  /** Other processes may listen on the client port too; the kernel spreads connections over them. Default: no. */
  reusePort?: boolean
  /** Nothing is written down about its life: no recorder, no lineage, no metrics. To measure what these cost. Default: no. */
  unseen?: boolean
  /** Joins the node to others, as several in one process to one hub. It may be ready later. Default: what the options say. */
  createBus?: (host: BusHost) => Bus
}

/** Starts a node; resolves when it takes connections. */
export async function startNode(
  options: NodeOptions,
  extras: NodeExtras = {},
): Promise<RunningNode> {
  const opened = new AsyncDisposableStack()
  try {
    return await open(options, extras, opened)
  } catch (error) {
    // Nothing outlives a start that failed. Why it did says more than what would not close.
    await opened.disposeAsync().catch(() => {})
    throw error
  }
}

/** Whatever must be closed again is put upon `opened` at once. */
async function open(
  options: NodeOptions,
  extras: NodeExtras,
  opened: AsyncDisposableStack,
): Promise<RunningNode> {
  const uid = randomUUID()
  const about = { name: options.name, uid, version }
  const tracing = await traceIfAsked(options, about)
  opened.defer(() => tracing?.close())
  const system = createSystem({
    name: 'root',
    maxActors: options.limits.maxActors,
    ...(extras.unseen && { recorderSize: 0, maxSites: 1 }),
    ...(tracing && { tracer: tracing, clock: tracing.clock(systemClock) }),
  })
  opened.defer(async () => void (await system.stop('did not start')))
  const events = new Events<NodeEvent>()
  if (extras.log !== undefined) subscribeLog(extras.log, events)
  opened.defer(system.events.on((event) => events.emit(event)))
  const services = await createServices(options, system, events, uid)
  opened.defer(() => services.explainer.close())
  services.tracing = tracing
  const metrics = createMetrics(services)
  opened.defer(() => metrics.close())
  if (extras.unseen) metrics.close()
  services.figures = () => metrics.vars()
  services.lag = () => metrics.lag()
  services.dumper = new Dumper(services, services.figures)
  const seeing = startSeeing(services, extras.ownsProcess ?? false)
  opened.defer(() => seeing.close())
  const host = createBusHost(services)
  const bus = extras.createBus?.(host) ?? createBus(services, host)
  services.bus = bus
  opened.defer(() => bus.close())

  const doors = opened.use(new AsyncDisposableStack())
  const listen = async (handler: RequestListener, where: ListenOptions): Promise<Server> => {
    const server = createServer(options, handler)
    doors.defer(() => close(server))
    await listening(server, where, events)
    return server
  }
  const { port, host: address, adminPort, adminHost } = options
  const where = { port, host: address, reusePort: extras.reusePort ?? false }
  const clients = await listen(createClientHandler(services), where)
  const admin = await listen(createAdminHandler(services, metrics), {
    port: adminPort,
    host: adminHost,
  })

  system.spawn(services.directory.behavior())
  system.spawn(services.rpc.behavior())
  const taking = Promise.withResolvers<void>()
  system.spawn(services.edge.behavior(clients, taking.resolve))
  system.spawn(adminBehavior)
  await taking.promise

  const ended = system.ended.then(async (end) => {
    // At the same time, as a peer may keep its socket for a while: until it has left, the others count this node's members.
    await Promise.all([doors.disposeAsync(), bus.close()])
    await seeing.end(formatEnd(end))
    await opened.disposeAsync()
    return { ok: !isFault(end), reason: formatEnd(end) }
  })
  const client = urlOf(clients, options, address)
  const urls = {
    client,
    admin: urlOf(admin, options, adminHost),
    ...(options.site !== undefined && { page: `${client}/` }),
  }
  events.emit({ name: 'node.ready', ...urls })
  return {
    urls,
    system,
    events,
    services,
    done: ended,
    async drain(reason) {
      await drain(services, reason)
      // While there still is somebody to see.
      await seeing.end(reason)
      await system.stop(reason)
      await ended
    },
    crashed: (error) => seeing.crashed(error),
    async stop(reason = 'stopped') {
      services.draining = true
      await system.stop(reason)
      await ended
    },
  }
}

/** OpenTelemetry is loaded by nodes that trace, and by no other. */
async function traceIfAsked(
  { tracing }: NodeOptions,
  about: { name: string; uid: string; version: string },
): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined
  const { startTracing } = await import('./tracing/tracing.ts')
  return startTracing(tracing, about)
}

async function createServices(
  options: NodeOptions,
  system: System,
  events: Events<NodeEvent>,
  uid: string,
): Promise<Services> {
  const services = new Services({
    options,
    system,
    events,
    version,
    uid,
    writer: new Writer(system),
    lookup: createRoomLookup(options.rooms),
    verifier: createTokenVerifier(options.tokens),
    decodeLimits: resolveDecodeLimits({ maxCommands: options.limits.maxCommandsPerFrame }),
  })
  services.modules = await loadModules(options, system)
  services.registry = new Registry()
  services.directory = new Directory(services)
  services.rpc = new RpcRouter(services)
  services.edge = new Edge(services)
  return services
}

/** The actor behind the admin port. */
const adminBehavior: Behavior<never> = {
  name: 'admin',
  start: () => undefined,
  receive: () => undefined,
}

function listening(server: Server, where: ListenOptions, events: Events<NodeEvent>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A reconnect wave fills the default backlog of 511 within a turn.
    server.listen({ ...where, backlog: 65_535 }, () => {
      server.off('error', reject)
      // Accepting may fail (no file descriptor is left) and succeed again later: no reason to end.
      server.on('error', (error) => events.emit({ name: 'server.failed', error }))
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function urlOf(server: Server, options: NodeOptions, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${options.tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function isFault(end: End): boolean {
  return end.code !== 'stopped' && end.code !== 'completed'
}
