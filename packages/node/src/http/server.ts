// The HTTP servers in front of a node: limits on what a peer may send and how long it may take, TLS where there are
// files for it, and nothing about ourselves in an answer.
//
//   connection ─▶ headers ≤ handshakeTimeoutMs, ≤ headersMaxBytes ─┬─▶ upgrade to websocket: the edge's
//                                                                  └─▶ request, body ≤ 2 × handshakeTimeoutMs: the handler's
//                                                                      answer, taken at all within each minute

import { readFileSync } from 'node:fs'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { SluiceError } from '@sluice/core'
import type { NodeOptions, TlsOptions } from '../options.ts'

/** On a connection on which nothing moves for so long nobody waits for anything: as long as `sluice` itself would. */
const longestQuietMs = 60_000

/** A server that does not listen yet. Who does not take an answer is cut off: what is still to be sent is kept until then. */
export function createServer(
  options: Pick<NodeOptions, 'limits' | 'tls'>,
  handler: RequestListener,
  quietMs: number = longestQuietMs,
): Server {
  const { tls, limits } = options
  const settings = settingsOf(limits, () => server.listenerCount('upgrade') > 0)
  const server: Server =
    tls === undefined
      ? createHttpServer(settings, handler)
      : createSecureServer(tls, limits, settings, handler)
  // Node takes this off a connection that is upgraded.
  server.timeout = quietMs
  return server
}

function settingsOf(limits: NodeOptions['limits'], takesUpgrades: () => boolean): ServerOptions {
  const { handshakeTimeoutMs, headersMaxBytes } = limits
  return {
    maxHeaderSize: headersMaxBytes,
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: 2 * handshakeTimeoutMs,
    keepAliveTimeout: handshakeTimeoutMs,
    // Node looks for connections past their time only so often, by default every 30 s.
    connectionsCheckingInterval: Math.min(1_000, Math.max(10, handshakeTimeoutMs / 4)),
    // Java's HTTP client offers h2c with every request. That is an offer to decline, not an upgrade to refuse.
    shouldUpgradeCallback: (request) => wantsWebSocket(request) && takesUpgrades(),
  }
}

function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket'
}

function createSecureServer(
  tls: TlsOptions,
  limits: NodeOptions['limits'],
  settings: ServerOptions,
  handler: RequestListener,
): Server {
  const cert = read('tls.cert', tls.cert)
  const key = read('tls.key', tls.key)
  const { handshakeTimeoutMs: handshakeTimeout } = limits
  try {
    return createHttpsServer({ ...settings, cert, key, handshakeTimeout }, handler)
  } catch (error) {
    // OpenSSL does not say which of the two it dislikes.
    throw new SluiceError(
      'option_invalid',
      `tls: ${tls.cert} and ${tls.key} are no certificate and its key: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new SluiceError('option_invalid', `${option}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
