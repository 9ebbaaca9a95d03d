// A node's options: what each means, what it is by default, and the check of what is given.
//
//   file ─┐
//   env  ─┼─ config.ts ─▶ NodeConfig ─▶ resolveOptions ─▶ { options: NodeOptions, warnings }
//   flags ┘                (any key may be missing)        (nothing is missing; paths are absolute)
//
// docs/configuration.md tells the same to those who write the file.

import { hostname as hostOf } from 'node:os'
import { resolve } from 'node:path'
import { isPem } from './auth/keys.ts'
import type { TokenOptions } from './auth/tokens.ts'
import { ConfigError, type Problem } from './config-error.ts'
import { findProblems, findWarnings } from './option-checks.ts'
import { overlay, problemsOf } from './option-leaves.ts'
import { nodeSchema } from './option-schema.ts'
import type { LogLevel, NodeConfig, ParsedNode } from './option-schema.ts'
import { resolveRooms, type RoomsOptions } from './room-options.ts'
import { dumpsDefaults, type DumpsOptions, resolveDumps } from './seeing/dump-options.ts'
import { resolveTracing, type TracingOptions } from './tracing/tracing-options.ts'

/** Everything a node needs to know. */
export interface NodeOptions {
  /** Unique in the cluster. Default `<host name>-<port>`, with the process id for port 0. */
  name: string
  /** Where clients and the server API connect. Default 127.0.0.1. */
  host: string
  /** 0 for any free port. Default 8000. */
  port: number
  /** Anything but loopback needs `adminToken`. Default 127.0.0.1. */
  adminHost: string
  /** 0 for any free port. Default 8001. */
  adminPort: number
  /** Asked of every request to the admin port. Default none. */
  adminToken?: string
  /** Whoever may look through the admin port may also end actors. Default false. */
  adminActions: boolean
  /** Anyone may connect, as an anonymous user. Default false. */
  insecure: boolean
  /** Pages that may connect: see edge/origins.ts. Default none: only pages of the host they call. */
  origins: readonly string[]
  /** Opens the server API to requests with this `X-API-Key`. Default none: closed. */
  apiKey?: string
  /** The URL of the Redis that joins the nodes. Default none: one node, in memory. */
  redis?: string
  /** How the node deals with that Redis. */
  cluster: ClusterOptions
  /** A folder of static files for the client port's `/`, such as a page to try the node with. Default none. */
  site?: string
  /** PEM files; with them both ports speak TLS. Default none. */
  tls?: TlsOptions
  tokens: TokenOptions
  rooms: RoomsOptions
  /** RPC method → module. Default none. */
  rpc: ReadonlyMap<string, string>
  limits: LimitOptions
  heartbeat: HeartbeatOptions
  drain: DrainOptions
  dumps: DumpsOptions
  /** Where spans go, and of how much. Default none: nothing is followed. */
  tracing?: TracingOptions
  log: LogOptions
}

/** Paths, absolute. */
export interface TlsOptions {
  cert: string
  key: string
}

/** What a node, one connection and one frame may cost. */
export interface LimitOptions {
  /** Rows of the actor table, reserved at start; untouched ones cost no memory. Default 1,048,576. */
  maxActors: number
  /** Default 100,000, or `maxActors` if that is less. */
  maxConnections: number
  /** From one IP address; 0 for no limit, as behind a proxy all share one. Default 0. */
  maxConnectionsPerAddress: number
  /** A larger message from a client is closed with 1009. Default 65,536. */
  maxFrameBytes: number
  /** Default 256: connect, and a subscribe for each of 128 rooms, with room to spare. */
  maxCommandsPerFrame: number
  /** Rooms one connection may be in. Default 128. */
  maxChannelsPerConnection: number
  /** Commands of one connection that may be under way at once. Default 8. */
  commandConcurrency: number
  /** What may wait for one slow socket, all rooms together; beyond it, 3008. Default 1,048,576. */
  maxQueueBytes: number
  /** How long a broadcast may wait for one slow socket. Default 500. */
  broadcastDeadlineMs: number
  /** From the open socket to an accepted `connect`. Default 5,000. */
  connectTimeoutMs: number
  /** From the TCP connection to complete request headers. Default 5,000. */
  handshakeTimeoutMs: number
  /** How long a peer may take to answer a close frame before its socket is cut. Default 5,000. */
  closeTimeoutMs: number
  /** Request line and headers of an upgrade together. Default 8,192. */
  headersMaxBytes: number
}

/** How a peer that vanished is noticed. */
export interface HeartbeatOptions {
  /** Default 25,000. */
  pingMs: number
  /** The part of `pingMs` by which each ping varies, so that a wave of connections spreads out. Default 0.2. */
  jitter: number
  /** How long a peer may take to answer a ping. Default 8,000. */
  pongMs: number
  /** A connection without a command for so long is closed; pings do not count. 0 for never. Default 0. */
  idleMs: number
}

/** How the nodes of a cluster stay in touch. All of them should be told the same. */
export interface ClusterOptions {
  /** Before every key and channel: clusters of one Redis are told apart by it. Default "sluice". */
  prefix: string
  /** Between two signs of life. Default 3,000. */
  beatMs: number
  /** A node without one for so long is out, and what it owns is free. At least twice `beatMs`. Default 9,000. */
  leaseMs: number
  /** Silence after which a message to oneself must come back. Default 5,000. */
  probeMs: number
  /** Between two looks at whether the connections answer. Default 1,000. */
  pingMs: number
  /** A command without an answer for so long means that its connection is dead. Default 1,000. */
  commandTimeoutMs: number
  /** How often each room's position is compared with its stream. Default 40,000. */
  verifyMs: number
  /** What may wait to be sent, and apart from it what may wait to be delivered. Default 33,554,432. */
  maxQueueBytes: number
}

/**
 * How a node says goodbye: `batch` connections each `intervalMs`, or all of them evenly over `spreadMs`; who is left
 * at `deadlineMs`, counted from the signal, is cut.
 */
export interface DrainOptions {
  /** From the signal to the first close: so long `/ready` is red, and load balancers notice. Default 0. */
  graceMs: number
  /** The closes spread over so long, whatever `batch` says. Default 0: as `batch` and `intervalMs` say. */
  spreadMs: number
  /** Default 500: 5,000 reconnects a second for the other nodes to take. */
  batch: number
  /** Default 100. */
  intervalMs: number
  /** Default 30,000, the grace time that Kubernetes gives a pod. */
  deadlineMs: number
}

export interface LogOptions {
  /** Default `info`. */
  level: LogLevel
}

/** What a node is when nothing is said; a room's part is `roomDefaults`. */
export const nodeDefaults: Omit<NodeOptions, 'name' | 'rooms'> = {
  host: '127.0.0.1',
  port: 8000,
  adminHost: '127.0.0.1',
  adminPort: 8001,
  adminActions: false,
  insecure: false,
  origins: [],
  tokens: {
    secrets: [],
    publicKeys: [],
    algorithms: ['HS256', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  },
  rpc: new Map(),
  limits: {
    maxActors: 1_048_576,
    maxConnections: 100_000,
    maxConnectionsPerAddress: 0,
    maxFrameBytes: 65_536,
    maxCommandsPerFrame: 256,
    maxChannelsPerConnection: 128,
    commandConcurrency: 8,
    maxQueueBytes: 1_048_576,
    broadcastDeadlineMs: 500,
    connectTimeoutMs: 5_000,
    handshakeTimeoutMs: 5_000,
    closeTimeoutMs: 5_000,
    headersMaxBytes: 8_192,
  },
  heartbeat: { pingMs: 25_000, jitter: 0.2, pongMs: 8_000, idleMs: 0 },
  cluster: {
    prefix: 'sluice',
    beatMs: 3_000,
    leaseMs: 9_000,
    probeMs: 5_000,
    pingMs: 1_000,
    commandTimeoutMs: 1_000,
    verifyMs: 40_000,
    maxQueueBytes: 33_554_432,
  },
  drain: { graceMs: 0, spreadMs: 0, batch: 500, intervalMs: 100, deadlineMs: 30_000 },
  dumps: dumpsDefaults,
  log: { level: 'info' },
}

/** What the machine adds to a configuration. */
export interface Surroundings {
  /** Where relative paths begin: the folder of the file. Default: the working directory. */
  base?: string
  /** The first part of a node's default name. Default: the machine's name. */
  hostname?: string
}

/** The checked options, and what to tell the operator about them. */
export interface Resolved {
  options: NodeOptions
  warnings: Problem[]
}

/** Checks a configuration and fills in what it leaves out. Throws a ConfigError that lists every problem. */
export function resolveOptions(given: NodeConfig, surroundings: Surroundings = {}): Resolved {
  const parsed = nodeSchema.safeParse(given)
  if (!parsed.success) throw new ConfigError(problemsOf(parsed.error, given))
  const problems: Problem[] = []
  const options = fill(parsed.data, surroundings, problems)
  problems.push(...findProblems(options))
  if (problems.length > 0) throw new ConfigError(problems)
  return { options, warnings: findWarnings(options) }
}

function fill(given: ParsedNode, surroundings: Surroundings, problems: Problem[]): NodeOptions {
  const { base = process.cwd(), hostname = hostOf() } = surroundings
  const { tokenSecret, tokens, tls, rooms, rpc, ...sections } = given
  const { limits, heartbeat, drain, cluster, dumps, tracing, log, ...flat } = sections
  const { previousSecrets = [], publicKeys = [], ...checks } = tokens ?? {}
  const absolute = (path: string): string => resolve(base, path)

  const filled = overlay({ name: `${hostname}-${nameFor(flat.port)}`, ...nodeDefaults }, flat)
  const allLimits = overlay(nodeDefaults.limits, limits)
  if (limits?.maxConnections === undefined) {
    allLimits.maxConnections = Math.min(allLimits.maxConnections, allLimits.maxActors)
  }
  const roomContext = { insecure: filled.insecure, limits: allLimits, absolute }
  return {
    ...filled,
    ...(flat.site !== undefined && { site: absolute(flat.site) }),
    ...(tls && { tls: { cert: absolute(tls.cert), key: absolute(tls.key) } }),
    tokens: {
      ...overlay(nodeDefaults.tokens, checks),
      secrets: tokenSecret === undefined ? previousSecrets : [tokenSecret, ...previousSecrets],
      publicKeys: publicKeys.map((key) => (isPem(key) ? key : absolute(key))),
    },
    rooms: resolveRooms(rooms ?? {}, roomContext, problems),
    rpc: new Map([...(rpc ?? [])].map(([method, path]) => [method, absolute(path)])),
    limits: allLimits,
    heartbeat: overlay(nodeDefaults.heartbeat, heartbeat),
    drain: overlay(nodeDefaults.drain, drain),
    cluster: overlay(nodeDefaults.cluster, cluster),
    dumps: resolveDumps(dumps ?? {}, absolute),
    ...(tracing && { tracing: resolveTracing(tracing) }),
    log: overlay(nodeDefaults.log, log),
  }
}

/** With any free port for a port, two nodes of one machine are told apart by their processes. */
function nameFor(port: number = nodeDefaults.port): number {
  return port === 0 ? process.pid : port
}
