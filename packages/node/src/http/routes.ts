// Which handler answers a request: by exact path, else by prefix, else the rest's. What no route takes is 404, a method
// that the route has not is 405, and a handler that throws is 500: its error is told to the node, never to the client.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { isPromise, type MaybePromise } from '@sluice/core'
import { sendError } from './answer.ts'
import { ClientGone } from './body.ts'

/** Answers one request. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) => MaybePromise<void>

/** Handlers by method. GET answers HEAD as well: Node leaves the body out. */
export type Route = Partial<Record<'GET' | 'POST', Handler>>

export interface Routes {
  readonly exact: Readonly<Record<string, Route>>
  /** Tried in order. A prefix ends in `/`. */
  readonly prefixes?: Readonly<Record<string, Route>>
  /** For all other paths. Default: 404. */
  readonly rest?: Route | undefined
}

/** Hears what a handler threw; `what` is its method and route. */
export type OnFailure = (what: string, error: unknown) => void

/** The listener for these routes. */
export function createRouter(routes: Routes, onFailure: OnFailure): RequestListener {
  // A Map: the path comes from outside, and `/constructor` must find nothing.
  const exact = new Map(Object.entries(routes.exact))
  const prefixes = Object.entries(routes.prefixes ?? {})
  return (request, response) => {
    const url = urlOf(request.url)
    if (url === undefined) return sendError(response, 400, 'the request target is not a path')
    const { pathname } = url
    const known = exact.get(pathname)
    const [prefix, under] = prefixes.find(([start]) => pathname.startsWith(start)) ?? []
    const route = known ?? under ?? routes.rest
    if (route === undefined) return sendError(response, 404, 'not found')
    const handler = handlerOf(route, request.method)
    if (handler === undefined) {
      return sendError(response, 405, 'method not allowed', { Allow: methodsOf(route) })
    }
    const failed = (error: unknown): void => {
      if (error instanceof ClientGone) return
      onFailure(`${request.method} ${known ? pathname : (prefix ?? '/*')}`, error)
      // Half an answer must not pass for a whole one.
      if (response.headersSent) response.destroy()
      else sendError(response, 500, 'internal server error')
    }
    try {
      const done = handler(request, response, url)
      if (isPromise(done)) done.then(undefined, failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** The target of a request, without dots to climb: a path, or a whole URL as a proxy is sent (RFC 9112 section 3.2). */
export function urlOf(target = ''): URL | undefined {
  const url = URL.parse(target.startsWith('/') ? `http://node${target}` : target)
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

function handlerOf(route: Route, method: string | undefined): Handler | undefined {
  if (method === 'GET' || method === 'HEAD') return route.GET
  return method === 'POST' ? route.POST : undefined
}

function methodsOf(route: Route): string {
  return Object.keys(route)
    .map((method) => (method === 'GET' ? 'GET, HEAD' : method))
    .join(', ')
}
