// The form of a configuration: every key, and what it may hold. All keys are optional; options.ts fills them in.

import type * as z from 'zod'
import { tokenAlgorithms, type TokenAlgorithm } from './auth/tokens.ts'
import { isOriginPattern } from './edge/origins.ts'
import { checked, complete, duration, flag, fraction, list, oneOf } from './option-leaves.ts'
import { section, table, text, whole, type Given } from './option-leaves.ts'
import type { ClusterOptions, DrainOptions, HeartbeatOptions, LimitOptions } from './options.ts'
import { roomsSchema, type ParsedRooms, type RoomsConfig } from './room-options.ts'
import { dumpsSchema, type DumpsConfig, type ParsedDumps } from './seeing/dump-options.ts'
import { type TracingConfig, tracingSchema } from './tracing/tracing-options.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/**
 * A configuration, as a file writes it. Times are milliseconds or text such as "25s"; paths are relative to the file.
 * What each key means stands beside its namesake in NodeOptions.
 */
export interface NodeConfig extends Plain {
  /** The shared secret of HS256 tokens. */
  tokenSecret?: string | undefined
  tokens?: TokensConfig | undefined
  tls?: { cert: string; key: string } | undefined
  rooms?: RoomsConfig | undefined
  rpc?: Record<string, string> | undefined
  limits?: Given<LimitOptions> | undefined
  heartbeat?: Given<HeartbeatOptions> | undefined
  drain?: Given<DrainOptions> | undefined
  cluster?: Given<ClusterOptions> | undefined
  dumps?: DumpsConfig | undefined
  tracing?: TracingConfig | undefined
  log?: { level?: LogLevel | undefined } | undefined
}

/** How tokens are verified, besides by `tokenSecret`. */
export interface TokensConfig {
  /** Secrets that `tokenSecret` replaced, good until the last token made with them has expired. */
  previousSecrets?: string[] | undefined
  /** PEM text, or paths of PEM files. */
  publicKeys?: string[] | undefined
  jwksUrl?: string | undefined
  algorithms?: TokenAlgorithm[] | undefined
  audience?: string | undefined
  issuer?: string | undefined
}

/** A configuration, checked, with nothing filled in: times are milliseconds, tables are Maps. */
export interface ParsedNode extends Plain {
  tokenSecret?: string | undefined
  tokens?: TokensConfig | undefined
  tls?: { cert: string; key: string } | undefined
  rooms?: ParsedRooms | undefined
  rpc?: Map<string, string> | undefined
  limits?: Given<LimitOptions, number> | undefined
  heartbeat?: Given<HeartbeatOptions, number> | undefined
  drain?: Given<DrainOptions, number> | undefined
  cluster?: Given<ClusterOptions, number> | undefined
  dumps?: ParsedDumps | undefined
  tracing?: TracingConfig | undefined
  log?: { level?: LogLevel | undefined } | undefined
}

/** The keys that are no groups. */
interface Plain {
  name?: string | undefined
  host?: string | undefined
  port?: number | undefined
  adminHost?: string | undefined
  adminPort?: number | undefined
  adminToken?: string | undefined
  adminActions?: boolean | undefined
  insecure?: boolean | undefined
  origins?: string[] | undefined
  apiKey?: string | undefined
  redis?: string | undefined
  site?: string | undefined
}

const day = 86_400_000
const megabyte = 1_048_576

const host = text('a host name or an IP address', /^[\w.:%-]{1,255}$/)
const port = whole(0, 65_535)
const secret = text('a secret, as text')
const pemPath = text('the path of a PEM file')
const printable = /^[\x21-\x7e]{1,255}$/

const tokens = section({
  previousSecrets: list('a list of secrets', secret),
  publicKeys: list(
    'a list of public keys',
    text('a public key in PEM form, or the path of its file'),
  ),
  jwksUrl: checked('a URL that starts with https:// or http://', isUrlOf('https:', 'http:')),
  algorithms: list('a list of algorithms', oneOf(tokenAlgorithms)),
  audience: text('text'),
  issuer: text('text'),
})

const limits = section({
  maxActors: whole(64, 16_777_216),
  maxConnections: whole(1, 16_777_216),
  maxConnectionsPerAddress: whole(0, 16_777_216),
  maxFrameBytes: whole(128, 64 * megabyte),
  maxCommandsPerFrame: whole(1, 100_000),
  maxChannelsPerConnection: whole(1, 100_000),
  commandConcurrency: whole(1, 1_024),
  maxQueueBytes: whole(1_024, 1_024 * megabyte),
  broadcastDeadlineMs: duration(1, 3_600_000),
  connectTimeoutMs: duration(1, 600_000),
  handshakeTimeoutMs: duration(1, 600_000),
  closeTimeoutMs: duration(1, 600_000),
  headersMaxBytes: whole(512, megabyte),
})

const heartbeat = section({
  pingMs: duration(1, 3_600_000),
  jitter: fraction(0, 0.9),
  pongMs: duration(1, 3_600_000),
  idleMs: duration(0, 30 * day),
})

const drain = section({
  graceMs: duration(0, day),
  spreadMs: duration(0, day),
  batch: whole(1, 1_000_000),
  intervalMs: duration(1, 60_000),
  deadlineMs: duration(0, day),
})

const cluster = section({
  prefix: text(
    'a prefix: printable ASCII without spaces and braces, at most 64',
    /^[!-z|~]{1,64}$/,
  ),
  beatMs: duration(1, 60_000),
  leaseMs: duration(2, 600_000),
  probeMs: duration(1, 600_000),
  pingMs: duration(1, 600_000),
  commandTimeoutMs: duration(1, 600_000),
  verifyMs: duration(1, day),
  maxQueueBytes: whole(65_536, 4_096 * megabyte),
})

/** The schema of a whole configuration. */
export const nodeSchema: z.ZodType<ParsedNode, NodeConfig> = section({
  name: text('a name: printable ASCII without spaces, at most 255 characters', printable),
  host,
  port,
  adminHost: host,
  adminPort: port,
  adminToken: secret,
  adminActions: flag(),
  insecure: flag(),
  origins: list(
    'a list of origins',
    checked(
      'an origin such as https://app.example.com or https://*.example.com, null or *',
      isOriginPattern,
    ),
  ),
  apiKey: secret,
  tokenSecret: secret,
  tokens,
  redis: checked(
    'a URL that starts with redis://, rediss://, redis-sentinel:// or redis-cluster://',
    isRedisUrl,
  ),
  site: text('the path of a folder'),
  tls: complete({ cert: pemPath, key: pemPath }),
  rooms: roomsSchema,
  rpc: table(
    printable,
    'a method: printable ASCII without spaces, at most 255 characters',
    text('the path of a module'),
  ),
  limits,
  heartbeat,
  drain,
  cluster,
  dumps: dumpsSchema,
  tracing: tracingSchema,
  log: section({ level: oneOf(logLevels) }),
})

/** Several servers in one URL are more than the parser knows. */
function isRedisUrl(given: string): boolean {
  const several = /^(?:redis-sentinel:\/\/[^/\s]+\/[\w.-]+|rediss?-cluster:\/\/[^/\s]+\/?$)/
  return isUrlOf('redis:', 'rediss:')(given) || several.test(given)
}

function isUrlOf(...protocols: string[]): (given: string) => boolean {
  return (given) => protocols.includes(URL.parse(given)?.protocol ?? '')
}
