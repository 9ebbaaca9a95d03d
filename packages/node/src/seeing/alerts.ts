// What Alertmanager posts to a webhook, and which of it is news. It repeats what still fires, every few hours and whenever
// a group changes; each alert is a reason for one dump, until it has been resolved.
//
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

import * as z from 'zod'
import { formatProblem } from '../config-error.ts'
import { problemsOf } from '../option-leaves.ts'

/** One alert, as far as it matters here. */
export interface Alert {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  fingerprint: string
  startsAt: string
}

const text = z.string('text')
const labels = z.record(z.string(), text, 'a group of labels')
/** Keys that are not named here may come and go with versions of Alertmanager. */
const payload: z.ZodType<{ version: '4'; alerts: Alert[] }> = z.object(
  {
    version: z.literal('4', '"4", the version of the webhook'),
    alerts: z.array(
      z.object(
        {
          status: z.enum(['firing', 'resolved'], '"firing" or "resolved"'),
          labels,
          fingerprint: text.min(1, 'a fingerprint'),
          startsAt: text,
        },
        'an alert',
      ),
      'a list of alerts',
    ),
  },
  'a group of keys',
)

/** The alerts of a webhook's body, or what is wrong with it. */
export function readAlerts(body: unknown): Alert[] | string {
  const parsed = payload.safeParse(body)
  if (parsed.success) return parsed.data.alerts
  return problemsOf(parsed.error, body).map(formatProblem).join('; ').slice(0, 1_000)
}

/** Alerts that fire, so far as they are remembered. */
const mostAlerts = 10_000
/** Names told in one dump. */
const mostNames = 10

/** The alerts that are known to fire. */
export class AlertBook {
  /** Fingerprint → when it began. */
  readonly #firing = new Map<string, string>()

  /** Takes in what was posted; returns the alerts that are news. */
  take(alerts: readonly Alert[]): Alert[] {
    return alerts.filter(({ status, fingerprint, startsAt }) => {
      const known = this.#firing.get(fingerprint) === startsAt
      this.#firing.delete(fingerprint)
      if (status === 'resolved') return false
      this.#firing.set(fingerprint, startsAt)
      if (this.#firing.size > mostAlerts) this.#firing.delete(this.#firing.keys().next().value!)
      return !known
    })
  }
}

/** The names of alerts, each once, in order. */
export function alertNames(alerts: readonly Alert[]): string {
  const names = [...new Set(alerts.map((alert) => alert.labels['alertname'] ?? 'alert'))].toSorted()
  const told = names.slice(0, mostNames).map((name) => name.slice(0, 100))
  return names.length > mostNames ? `${told.join(', ')}, …` : told.join(', ')
}
