// Why there is nothing to see, as an answer.

import { noViewOf } from '../inspect/no-view.ts'
import { sendError } from './answer.ts'
import type { Handler } from './routes.ts'

/** A handler whose NoViews are answers. */
export function refusing(handler: (...given: Parameters<Handler>) => Promise<void>): Handler {
  return async (request, response, url) => {
    try {
      await handler(request, response, url)
    } catch (error) {
      const refusal = noViewOf(error)
      if (refusal === undefined) throw error
      sendError(response, refusal.status, refusal.message)
    }
  }
}
