// The client port's HTTP: health, the server API, and the site if there is one. Sockets do not pass here: the edge
// takes the upgrades.

import type { RequestListener } from 'node:http'
import { websocketPath } from '../edge/admission.ts'
import type { Services } from '../services.ts'
import { sendError } from './answer.ts'
import { createApi } from './api.ts'
import { createReadiness, health } from './health.ts'
import { createRouter, type Route } from './routes.ts'
import { createSite } from './site.ts'

/** Answers every plain request to the client port. */
export function createClientHandler(services: Services): RequestListener {
  const { site } = services.options
  return createRouter(
    {
      exact: { '/health': health, '/ready': createReadiness(services), [websocketPath]: upgrade },
      prefixes: { '/api/': createApi(services) },
      rest: site === undefined ? undefined : createSite(site),
    },
    (method, error) => services.events.emit({ name: 'command.crashed', client: '', method, error }),
  )
}

/** A request that came here asked for no WebSocket (RFC 9110 section 15.5.22). */
const upgrade: Route = {
  GET: (_request, response) =>
    sendError(response, 426, 'upgrade to websocket is needed', {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
    }),
}
