// What load balancers and orchestrators ask: does the loop turn, and may clients be sent here?

import type { Services } from '../services.ts'
import { sendJson } from './answer.ts'
import type { Route } from './routes.ts'

/** `/health`: an answer at all is the news. */
export const health: Route = {
  GET: (_request, response) => sendJson(response, 200, { status: 'ok' }),
}

/** `/ready`: 200 while new connections are welcome and messages reach the other nodes, else 503 with the reason. */
export function createReadiness(services: Services): Route {
  return {
    GET: (_request, response) => {
      const reason = unreadyReason(services)
      if (reason === undefined) {
        sendJson(response, 200, { status: 'ready' })
        return
      }
      const link = reason === 'bus' ? { link: services.bus.linkState() } : {}
      sendJson(response, 503, { status: 'unavailable', reason, ...link }, { 'Retry-After': '1' })
    },
  }
}

/** Why this node should get no new clients; undefined when it should. */
export function unreadyReason(services: Services): 'draining' | 'bus' | undefined {
  if (services.draining) return 'draining'
  return services.bus.ready() ? undefined : 'bus'
}
