// The procedure of the post-mortem that Sluice was made after, with the real parts: Prometheus watches the water level, its rule
// fires, Alertmanager tells the node, the node writes a dump, and the difference to an earlier one names what grows.

import { until } from '@sluice/test-support'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { behaving, call, member } from '../support/seeing/scene.ts'
import { startWatchers } from '../support/seeing/watchers.ts'

/** The rule of deploy/prometheus/rules.yml, at a fraction of its scale. */
const rules = `
groups:
  - name: water
    rules:
      - alert: SluiceWaterRising
        expr: sum without (behavior, state) (sluice_actors) > 500 and deriv(sum without (behavior, state) (sluice_actors)[5s:1s]) * 5 > 50
        for: 2s
        labels: { severity: warning, dump: 'yes' }
        annotations: { summary: 'ever more actors' }
`

interface Archive {
  dumps: { id: string; trigger: string }[]
}

test(
  'a rising water level is noticed, dumped, and traced to the line that spawns',
  { timeout: 120_000 },
  async () => {
    const name = 'spawns-many'
    await using gateway = await startGateway({ config: behaving(name) })
    const get = async (path: string): Promise<Response> => await fetch(gateway.admin + path)
    const first = await fetch(`${gateway.admin}/debug/dumps`, { method: 'POST' })
    const { id: before } = (await first.json()) as { id: string }
    await using watchers = await startWatchers({ admin: new URL(gateway.admin).host, rules })

    const client = await member(gateway, name)
    const leak = setInterval(() => call(client, name, { children: 50 }), 250)
    try {
      const after = await until(
        async () => {
          const { dumps } = (await (await get('/debug/dumps')).json()) as Archive
          return dumps.find(({ trigger }) => trigger === 'alert')?.id
        },
        { what: 'Alertmanager had a dump written', deadlineMs: 90_000 },
      )
      const dump = (await (await get(`/debug/dumps/${after}`)).json()) as { reason: unknown }
      expect(dump.reason).toMatchObject({
        trigger: 'alert',
        detail: expect.stringContaining('SluiceWaterRising'),
      })

      const diff = await (await get(`/debug/diff?from=${before}&to=${after}&format=text`)).text()
      expect(diff).toMatch(/^(leak|suspect): .*worker/m)
      expect(diff).toMatch(/worker by spawns-many on rpc at spawns-many\.ts:\d+/)

      const alerts = (await (await fetch(`${watchers.alertmanager}/api/v2/alerts`)).json()) as {
        labels: { alertname: string }
      }[]
      expect(alerts.map(({ labels }) => labels.alertname)).toContain('SluiceWaterRising')
    } finally {
      clearInterval(leak)
      client.socket.destroy()
    }
  },
)
