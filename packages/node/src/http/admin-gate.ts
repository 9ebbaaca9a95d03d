// Who may use the admin port: whoever has the token. Without a token the port is on loopback, and everybody there may,
// but for pages of other sites: a browser would ask in their name too, and after DNS rebinding even show them the answer.

import type { IncomingHttpHeaders } from 'node:http'
import { createKeyCheck } from '../auth/keys.ts'
import { createOriginCheck } from '../edge/origins.ts'
import { isLoopbackHost } from './host.ts'

export interface AdminDenied {
  readonly status: 401 | 403
  readonly why: string
}

/** The check of a request's headers and query; undefined lets it in. */
export type AdminGate = (
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
) => AdminDenied | undefined

/** The gate of a port with this token, or with none. */
export function createAdminGate(token: string | undefined): AdminGate {
  if (token === undefined) return ofThisMachine
  const isToken = createKeyCheck(token)
  return (headers, query) => {
    const [, bearer] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
    return isToken(bearer ?? query.get('token') ?? undefined)
      ? undefined
      : { status: 401, why: 'the admin token is needed' }
  }
}

const isOwnPage = createOriginCheck([])

const ofThisMachine: AdminGate = (headers) => {
  const { host, origin } = headers
  if (!isLoopbackHost(host)) {
    return { status: 403, why: 'without an admin token, only localhost may be addressed' }
  }
  const own = isOwnPage(origin, host) && !isPartOfOtherPage(headers)
  return own ? undefined : { status: 403, why: 'origin not allowed' }
}

/** A browser sends no Origin with what a page embeds, but says this (Fetch Metadata). A link that is followed is no part. */
function isPartOfOtherPage(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': dest } = headers
  return (site === 'cross-site' || site === 'same-site') && dest !== 'document'
}
