// The admin port's HTTP: how the node is, for Prometheus, for programs and for people.

import type { RequestListener } from 'node:http'
import type { Metrics } from '../metrics.ts'
import type { Services } from '../services.ts'
import { createAdminGate } from './admin-gate.ts'
import { createAlertHook } from './alert-hook.ts'
import { sendError, sendJson, sendText } from './answer.ts'
import { devtoolFolder, devtoolRoutes, isDevtoolPath } from './devtool.ts'
import { createDiffPage, createDumpPage, createDumpsPage, dumpPrefix } from './dumps.ts'
import {
  createActorPages,
  createActorsPage,
  createDrainPage,
  createNodeDumpsPage,
  createNodeLintsPage,
  createNodeRoomPage,
  createNodesPage,
  createStacksPage,
  createViewPages,
} from './inspect.ts'
import { createRouter, type Route, urlOf } from './routes.ts'

/** Answers every request to the admin port. */
export function createAdminHandler(services: Services, metrics: Metrics): RequestListener {
  const gate = createAdminGate(services.options.adminToken)
  const route = createRouter(
    {
      exact: {
        '/debug/': createIndex(services),
        '/metrics': {
          GET: async (_request, response) =>
            sendText(response, 200, await metrics.text(), { 'Content-Type': metrics.contentType }),
        },
        '/debug/vars': {
          GET: (_request, response) => sendJson(response, 200, metrics.vars()),
        },
        '/debug/slowest': {
          GET: (_request, response) => sendJson(response, 200, { slowest: metrics.slowest(20) }),
        },
        '/debug/actors': createActorsPage(services),
        '/debug/nodes': createNodesPage(services),
        '/debug/nodes/lints': createNodeLintsPage(services),
        '/debug/nodes/room': createNodeRoomPage(services),
        '/debug/nodes/dumps': createNodeDumpsPage(services),
        '/debug/nodes/drain': createDrainPage(services),
        '/debug/nodes/stacks': createStacksPage(services),
        '/debug/dumps': createDumpsPage(services),
        '/debug/diff': createDiffPage(services),
        '/hooks/alert': createAlertHook(services),
      },
      prefixes: {
        '/debug/actors/': createActorPages(services),
        '/debug/view/': createViewPages(services),
        [dumpPrefix]: createDumpPage(services),
      },
    },
    (method, error) => services.events.emit({ name: 'command.crashed', client: '', method, error }),
  )
  const folder = devtoolFolder()
  const page = createRouter(
    folder === undefined ? { exact: { '/': toIndex } } : devtoolRoutes(folder),
    (method, error) => services.events.emit({ name: 'command.crashed', client: '', method, error }),
  )
  return (request, response) => {
    const url = urlOf(request.url)
    const query = url?.searchParams ?? new URLSearchParams()
    const denied = gate(request.headers, query)
    const ofPage = isDevtoolPath(url?.pathname ?? '')
    if (ofPage && denied?.status !== 403) return page(request, response)
    if (denied === undefined) return route(request, response)
    const { status, why } = denied
    sendError(response, status, why, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {})
  }
}

const pages = [
  ['', 'the devtool'],
  ['metrics', 'for Prometheus'],
  ['debug/vars', 'the same in one flat JSON object, with less of it'],
  ['debug/slowest', 'the connections whose sockets are furthest behind'],
  ['debug/actors?debug=1', 'what the actors do, in groups'],
  ['debug/actors?debug=2&limit=1000', 'what the actors do, one by one, then the dead'],
  ['debug/actors?debug=2&limit=1000&state=waiting', 'those that wait, and what for'],
  ['debug/dumps', 'the dumps that were written'],
  ['debug/nodes', 'every node of the cluster'],
] as const

/** Where the devtool was not built, what there is besides. */
const toIndex: Route = {
  GET: (_request, response) => void response.writeHead(302, { Location: './debug/' }).end(),
}

/** The page that says what there is. Its links carry the token on, if that is how the reader came. */
function createIndex({ options, version }: Services): Route {
  return {
    GET(_request, response, url) {
      const token = url.searchParams.get('token')
      const items = pages.map(([path, what]) => {
        const carried =
          token === null
            ? ''
            : `${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`
        return `<li><a href="../${toHtml(path + carried)}">/${toHtml(path)}</a> ${what}`
      })
      const title = toHtml(`${version}, node ${options.name}`)
      const page = `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul>\n`
      sendText(response, 200, page, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
        'Referrer-Policy': 'no-referrer',
      })
    },
  }
}

function toHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
