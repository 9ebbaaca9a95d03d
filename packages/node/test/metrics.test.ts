import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../src/metrics.ts'
import { durationFamilies } from '../src/metrics/durations.ts'
import { families } from '../src/metrics/families.ts'
import type { RunningNode } from '../src/node.ts'
import { callApi, startTestNode, TestClient } from './http/harness.ts'

/** The value of one line of the exposition; undefined when there is no such line. */
function valueOf(text: string, sample: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${sample} `))
  return line === undefined ? undefined : Number(line.slice(sample.length + 1))
}

async function scrape(node: RunningNode): Promise<string> {
  return (await fetch(`${node.urls.admin}/metrics`)).text()
}

async function varsOf(node: RunningNode): Promise<Record<string, number | string>> {
  const response = await fetch(`${node.urls.admin}/debug/vars`)
  return (await response.json()) as Record<string, number | string>
}

describe('the metrics', () => {
  test('follow what happens', async () => {
    const node = await startTestNode({ insecure: true })
    const clients = [await TestClient.connect(node, 'ann'), await TestClient.connect(node, 'ann')]
    for (const client of clients) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await client.command('subscribe', { channel: 'room' })
    }
    await clients[0]!.command('subscribe', { channel: 'no:room' })
    await callApi(node, 'publish', { channel: 'room', data: 1 })
    await Promise.all(clients.map((client) => client.push('pub')))

    const text = await scrape(node)
    expect({
      clients: valueOf(text, 'sluice_node_num_clients'),
      users: valueOf(text, 'sluice_node_num_users'),
      rooms: valueOf(text, 'sluice_node_num_channels'),
      members: valueOf(text, 'sluice_node_num_subscriptions'),
      sockets: valueOf(text, 'sluice_client_connections_inflight'),
      accepted: valueOf(text, 'sluice_client_connections_accepted_total'),
      commands: valueOf(text, 'sluice_client_commands_total'),
      errors: valueOf(text, 'sluice_client_num_reply_errors{code="102"}'),
      published: valueOf(text, 'sluice_publications_total'),
      delivered: valueOf(text, 'sluice_transport_messages_sent'),
      connections: valueOf(text, 'sluice_actors{behavior="connection",state="idle"}'),
      ready: valueOf(text, 'sluice_node_ready'),
    }).toEqual({
      clients: 2,
      users: 1,
      rooms: 1,
      members: 2,
      sockets: 2,
      accepted: 2,
      commands: 5,
      errors: 1,
      published: 1,
      delivered: 2,
      connections: 2,
      ready: 1,
    })

    await callApi(node, 'disconnect', { user: 'ann' })
    await Promise.all(clients.map(({ closed }) => closed))
    const after = await scrape(node)
    expect(valueOf(after, 'sluice_client_num_server_disconnects{code="3503"}')).toBe(2)
    expect(valueOf(after, 'sluice_client_connections_closed_total{code="3503"}')).toBe(2)
    expect(valueOf(after, 'sluice_node_num_clients')).toBe(0)
    expect(valueOf(after, 'sluice_node_num_subscriptions')).toBe(0)
  })

  test('show every family, and each sample under its own labels', async () => {
    const text = await scrape(await startTestNode())
    for (const { name, type, help, labels } of families) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
      for (const line of text.split('\n')) {
        const given = new RegExp(`^${name}(?:\\{(.*)\\})? `).exec(line)
        if (given === null) continue
        const names = [...(given[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label!)
        expect([name, new Set(names)]).toEqual([name, new Set(labels)])
      }
    }
  })

  test('time what is not answered at once: commands, pings, calls of backends', async () => {
    const node = await startTestNode({ insecure: true, heartbeat: { pingMs: 1_000, pongMs: 700 } })
    const client = await TestClient.connect(node, 'ann')
    const ponged = new Promise<void>((resolve) =>
      node.events.on(({ name }) => name === 'pong.heard' && resolve()),
    )
    await client.command('subscribe', { channel: 'room' })
    await callApi(node, 'publish', { channel: 'room', data: 1 })
    await client.pong()
    await ponged
    const text = await scrape(node)
    const count = (sample: string) => valueOf(text, sample)
    expect(count('sluice_client_command_duration_seconds_count{method="subscribe"}')).toBe(1)
    expect(count('sluice_api_command_duration_seconds_count{method="publish"}')).toBe(1)
    expect(count('sluice_client_ping_pong_duration_seconds_count')).toBeGreaterThan(0)
    expect(count('sluice_client_ping_pong_duration_seconds_bucket{le="10"}')).toBeGreaterThan(0)
  })

  test('count dumps by what started them', async () => {
    const node = await startTestNode()
    const why = { detail: 'a test' }
    for (const dump of ['one', 'two'])
      node.events.emit({ name: 'dump.written', trigger: 'slo', ...why, dump, bytes: 1 })
    node.events.emit({ name: 'dump.skipped', trigger: 'alert', ...why, why: 'cooldown' })
    node.events.emit({ name: 'dump.failed', trigger: 'stall', ...why, error: new Error('full') })
    node.events.emit({ name: 'loop.stalled', ms: 600 })
    const text = await scrape(node)
    expect(valueOf(text, 'sluice_dumps_total{trigger="slo"}')).toBe(2)
    expect(valueOf(text, 'sluice_dumps_skipped_total{trigger="alert"}')).toBe(1)
    expect(valueOf(text, 'sluice_dump_failures_total')).toBe(1)
    expect(valueOf(text, 'sluice_loop_stalls_total')).toBe(1)
  })

  test('have no more series when there are more actors, but for what they name', async () => {
    const node = await startTestNode({ insecure: true })
    const series = async () =>
      (await scrape(node)).split('\n').filter((line) => /^[a-z]/.test(line))
    const before = await series()
    const clients = await Promise.all(
      Array.from({ length: 40 }, (_, at) => TestClient.connect(node, `user${at}`)),
    )
    for (const [at, client] of clients.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await client.command('subscribe', { channel: `room${at}` })
    }
    const more = (await series()).length - before.length
    // Behaviours that were not there: `connection` and `room`, in three states each; one method; kinds of pauses.
    expect(more).toBeLessThan(100)
    expect(before.length).toBeLessThan(600)
  })

  test('belong to their node alone', async () => {
    const [one, other] = [
      await startTestNode({ name: 'one' }),
      await startTestNode({ name: 'other' }),
    ]
    expect(await scrape(one)).toContain('sluice_node_info{name="one"')
    expect(await scrape(other)).toContain('sluice_node_info{name="other"')
  })

  test('forget a sample that is no longer there', async () => {
    const node = await startTestNode({ insecure: true })
    const client = await TestClient.connect(node)
    const connections = 'sluice_actors{behavior="connection",state="idle"}'
    expect(valueOf(await scrape(node), connections)).toBe(1)
    const gone = new Promise<void>((resolve) =>
      node.events.on(({ name }) => name === 'actor.ended' && resolve()),
    )
    await callApi(node, 'disconnect', { user: '', client: client.id })
    await gone
    expect(valueOf(await scrape(node), connections)).toBeUndefined()
  })

  test('are only read, not gathered, by a node that is started unseen', async () => {
    const node = await startTestNode({ insecure: true }, { unseen: true })
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'room' })
    const text = await scrape(node)
    expect(valueOf(text, 'sluice_node_num_clients')).toBe(1)
    expect(valueOf(text, 'sluice_client_command_duration_seconds_count{method="subscribe"}')).toBe(
      undefined,
    )
    const { recorder, sites } = node.system
    expect([recorder.head[0], sites.size]).toEqual([0, 1])
  })

  test('leave nothing behind when they are closed', async () => {
    const node = await startTestNode()
    const { wheel } = node.system
    const before = wheel.size
    const { listeners } = node.events
    const metrics = createMetrics(node.services)
    expect(wheel.size).toBe(before + 2)
    metrics.close()
    expect(wheel.size).toBe(before)
    expect(node.events.listeners).toBe(listeners)
    expect(await metrics.text()).toContain('sluice_event_loop_lag_seconds')
  })
})

describe('the figures for programs', () => {
  test('are one flat object of numbers and texts', async () => {
    const vars = await varsOf(await startTestNode())
    for (const value of Object.values(vars)) expect(['number', 'string']).toContain(typeof value)
  })

  test('have these names, which tools read', async () => {
    const node = await startTestNode()
    const documented = rowsUnder('## /debug/vars').flatMap(([names]) => names!.split(', '))
    const names = Object.keys(await varsOf(node)).map((name) => `\`${name}\``)
    expect(names.toSorted()).toEqual(documented.toSorted())
  })

  test('agree with each other', async () => {
    const node = await startTestNode({ insecure: true })
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'room' })
    const vars = await varsOf(node)
    expect(vars).toMatchObject({ sockets: 1, connections: 1, clients: 1, users: 1, members: 1 })
    expect(vars['actors']).toBe(
      Number(vars['actors_idle']) + Number(vars['actors_running']) + Number(vars['actors_waiting']),
    )
    expect(vars['actors']).toBe(node.system.table.live)
  })

  test('say why a node is not ready', async () => {
    const node = await startTestNode()
    expect(await varsOf(node)).toMatchObject({ ready: 'yes' })
    node.services.draining = true
    expect(await varsOf(node)).toMatchObject({ ready: 'draining' })
  })
})

test('docs/metrics.md shows exactly these metrics', () => {
  expect(rowsUnder('## /metrics')).toEqual(
    [
      ...families,
      ...durationFamilies.map((family) => ({ ...family, type: 'histogram', unit: 'seconds' })),
    ].map(({ name, labels, type, unit, help }) => {
      const shown = labels.length === 0 ? name : `${name}{${labels.join(',')}}`
      return [`\`${shown}\``, type, unit, help]
    }),
  )
})

/** The cells of the table in this section of docs/metrics.md. */
function rowsUnder(heading: string): string[][] {
  const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(`\n${heading}\n`)
  return section
    .split('\n## ', 1)[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
