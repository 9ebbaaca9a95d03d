// What no single key can tell: options that contradict each other, and options that work but should be known.

import type { Problem } from './config-error.ts'
import type { NodeOptions } from './options.ts'
import { findDumpProblems } from './seeing/dump-options.ts'

/** Options that cannot be used together. */
export function findProblems(options: NodeOptions): Problem[] {
  const { adminHost, adminToken, adminPort, host, port, limits, heartbeat, tokens } = options
  const { cluster, drain } = options
  const problems: Problem[] = []
  const say = (key: string, message: string): void => void problems.push({ key, message })

  if (!isLoopback(adminHost) && adminToken === undefined) {
    say('adminHost', `${adminHost} can be reached from other machines, which needs an adminToken`)
  }
  if (port === adminPort && port !== 0 && overlap(host, adminHost)) {
    say('adminPort', `${port} is the port for clients already`)
  }
  if (limits.maxConnections > limits.maxActors) {
    say(
      'limits.maxConnections',
      `each connection is an actor, and maxActors is ${limits.maxActors}`,
    )
  }
  // Two pings under way at once could not be told apart: a pong carries no number on this wire.
  const shortestMs = Math.floor(heartbeat.pingMs * (1 - heartbeat.jitter))
  if (heartbeat.pongMs >= shortestMs) {
    say('heartbeat.pongMs', `must be less than ${shortestMs}, the shortest time between two pings`)
  }
  if (cluster.leaseMs < 2 * cluster.beatMs) {
    say('cluster.leaseMs', `must be at least ${2 * cluster.beatMs}, twice cluster.beatMs`)
  }
  if (drain.graceMs + drain.spreadMs > drain.deadlineMs) {
    say('drain.deadlineMs', 'must be at least drain.graceMs and drain.spreadMs together')
  }
  problems.push(...findDumpProblems(options.dumps))
  if (tokens.algorithms.length === 0) say('tokens.algorithms', 'expected at least one algorithm')
  return problems
}

/** Options that are allowed, and that an operator should hear about at start. */
export function findWarnings(options: NodeOptions): Problem[] {
  const { insecure, host, tokens, rooms } = options
  const warnings: Problem[] = []
  const say = (key: string, message: string): void => void warnings.push({ key, message })

  const api = options.apiKey === undefined ? ', and call the server API without a key' : ''
  if (insecure && isLoopback(host)) {
    say('insecure', `anyone on this machine can connect without a token${api}`)
  } else if (insecure) {
    say(
      'insecure',
      `ANYONE WHO REACHES ${host} CAN CONNECT without a token${api}; this is for trying out only`,
    )
  }
  const { secrets, publicKeys, jwksUrl } = tokens
  if (!insecure && secrets.length + publicKeys.length === 0 && jwksUrl === undefined) {
    say(
      'tokenSecret',
      'no client can connect: set tokenSecret, tokens.publicKeys or tokens.jwksUrl',
    )
  }
  if (secrets.some((secret) => Buffer.byteLength(secret) < 32)) {
    // RFC 7518 §3.2: a key as long as the hash. Shorter ones are found by trying, given one token.
    say('tokenSecret', 'a secret of fewer than 32 bytes can be guessed from a token')
  }
  const keySet = jwksUrl === undefined ? undefined : new URL(jwksUrl)
  if (keySet?.protocol === 'http:' && !isLoopback(keySet.hostname)) {
    say('tokens.jwksUrl', 'keys fetched without TLS can be replaced on the way, and tokens forged')
  }
  if (rooms.default.allow.subscribe === 'subscriber') {
    say(
      'rooms.default.allow.subscribe',
      '"subscriber" lets in nobody without a subscription token, as "none" does',
    )
  }
  return warnings
}

/** Whether two listeners on one port would meet: on the same address, or because one takes all of them. */
function overlap(host: string, other: string): boolean {
  return host === other || [host, other].some((address) => /^(0\.0\.0\.0|::)$/.test(address))
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}
