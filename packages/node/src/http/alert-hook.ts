// `POST /hooks/alert`: where Alertmanager sends what fires. It is answered before the dump is written, as it waits for the
// answer with everything else that it has to tell.

import { alertNames, AlertBook, readAlerts } from '../seeing/alerts.ts'
import { parseJson } from '../json-text.ts'
import type { Services } from '../services.ts'
import { sendError, sendJson } from './answer.ts'
import { readBody } from './body.ts'
import type { Route } from './routes.ts'

const maxBodyBytes = 1_048_576

/** The webhook. */
export function createAlertHook({ dumper }: Services): Route {
  const book = new AlertBook()
  return {
    async POST(request, response) {
      const body = await readBody(request, maxBodyBytes)
      if (!body.ok) return sendError(response, body.status, body.why)
      const parsed = parseJson(body.text)
      if (!parsed.ok) return sendError(response, 400, 'the body is not JSON')
      const alerts = readAlerts(parsed.value)
      if (typeof alerts === 'string') return sendError(response, 400, alerts)
      const news = book.take(alerts)
      sendJson(response, 202, { alerts: alerts.length, new: news.length })
      if (news.length > 0) await dumper.dump({ trigger: 'alert', detail: alertNames(news) })
    },
  }
}
