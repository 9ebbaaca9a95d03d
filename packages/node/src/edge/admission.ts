// Who may upgrade: the checks before a socket becomes a connection (RFC 6455 section 4.2.1). Pure: a request in, a
// refusal out, or nothing.

import type { NodeOptions } from '../options.ts'
import type { OriginCheck } from './origins.ts'

/** What the checks look at. */
export interface UpgradeRequest {
  readonly method: string | undefined
  readonly path: string
  readonly httpVersion: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What the node is in the middle of. */
export interface Occupancy {
  readonly draining: boolean
  /** When who is refused for that may come again: not all at once. */
  readonly retryAfterSeconds: number
  readonly connections: number
  readonly fromAddress: number
}

export interface Refusal {
  readonly status: number
  readonly why: string
  readonly headers?: Readonly<Record<string, string>>
}

export const websocketPath = '/connection/websocket'

/** Why this upgrade is refused; undefined lets it in. */
export function refusalOf(
  request: UpgradeRequest,
  occupancy: Occupancy,
  limits: NodeOptions['limits'],
  origins: OriginCheck,
): Refusal | undefined {
  return wrongRequest(request) ?? noRoom(occupancy, limits) ?? wrongOrigin(request, origins)
}

function wrongRequest(request: UpgradeRequest): Refusal | undefined {
  const { headers } = request
  if (request.path !== websocketPath) return { status: 404, why: 'not found' }
  if (request.method !== 'GET')
    return { status: 405, why: 'method not allowed', headers: { Allow: 'GET' } }
  // ws accepts HTTP/1.0; RFC 6455 section 4.1 demands 1.1 or higher.
  if (request.httpVersion !== '1.1') return { status: 505, why: 'HTTP/1.1 is needed' }
  // Node demands it of plain requests only; without it an origin has nothing to be compared with.
  if (headers['host'] === undefined) return { status: 400, why: 'host is needed' }
  if (String(headers['upgrade'] ?? '').toLowerCase() !== 'websocket')
    return { status: 426, why: 'upgrade to websocket is needed', headers: { Upgrade: 'websocket' } }
  if (headers['sec-websocket-version'] !== '13') {
    return {
      status: 426,
      why: 'websocket version 13 is needed',
      headers: { 'Sec-WebSocket-Version': '13' },
    }
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(String(headers['sec-websocket-key'] ?? '')))
    return { status: 400, why: 'sec-websocket-key must be 16 bytes in base64' }
  return undefined
}

function noRoom(occupancy: Occupancy, limits: NodeOptions['limits']): Refusal | undefined {
  const { maxConnections, maxConnectionsPerAddress } = limits
  const later = { 'Retry-After': '1' }
  if (occupancy.draining) {
    const headers = { 'Retry-After': String(occupancy.retryAfterSeconds) }
    return { status: 503, why: 'draining', headers }
  }
  if (occupancy.connections >= maxConnections)
    return { status: 503, why: 'connection limit', headers: later }
  if (maxConnectionsPerAddress > 0 && occupancy.fromAddress >= maxConnectionsPerAddress) {
    return { status: 429, why: 'connection limit of this address', headers: later }
  }
  return undefined
}

function wrongOrigin(request: UpgradeRequest, origins: OriginCheck): Refusal | undefined {
  const { origin, host } = request.headers
  const allowed = origins(
    typeof origin === 'string' ? origin : undefined,
    typeof host === 'string' ? host : undefined,
  )
  return allowed ? undefined : { status: 403, why: 'origin not allowed' }
}
