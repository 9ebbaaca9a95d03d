// Who may call the server API: whoever has the key. Without a key nobody; in insecure mode everybody, but for the pages
// of other sites, which a browser would let post here in its user's name.

import type { IncomingHttpHeaders } from 'node:http'
import { errors } from '@sluice/protocol'
import { createKeyCheck } from '../auth/keys.ts'
import { createOriginCheck } from '../edge/origins.ts'
import { isLoopback } from '../option-checks.ts'
import type { NodeOptions } from '../options.ts'
import { isLoopbackHost } from './host.ts'

/** The status and error of a call that is not let in. */
export interface Denied {
  readonly status: 401 | 403
  readonly error: { code: number; message: string }
}

/** The check of a call's headers; undefined lets it in. */
export type Gate = (headers: IncomingHttpHeaders) => Denied | undefined

/** The gate that these options ask for. */
export function createGate(
  options: Pick<NodeOptions, 'apiKey' | 'insecure' | 'origins' | 'host'>,
): Gate {
  const { apiKey, insecure } = options
  if (apiKey === undefined && insecure) return createOpenGate(options)
  const isKey = createKeyCheck(apiKey)
  return (headers) => {
    const given = headers['x-api-key']
    return isKey(typeof given === 'string' ? given : undefined) ? undefined : unauthorized
  }
}

const unauthorized: Denied = { status: 401, error: errors.unauthorized }

function createOpenGate({ origins, host }: Pick<NodeOptions, 'origins' | 'host'>): Gate {
  const isAllowedOrigin = createOriginCheck(origins)
  const local = isLoopback(host)
  return (headers) => {
    if (local && !isLoopbackHost(headers.host)) return denied('this host is not addressed by name')
    return isAllowedOrigin(headers.origin, headers.host) ? undefined : denied('origin not allowed')
  }
}

function denied(why: string): Denied {
  const { code, message } = errors.permissionDenied
  return { status: 403, error: { code, message: `${message}: ${why}` } }
}
