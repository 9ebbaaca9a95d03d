// A node that says goodbye: SIGTERM, paced closes with 3001, exit code 0; and its clients, back at the next process on
// the same port. How load balancers see it meanwhile.

import { describe, expect, test } from 'vitest'
import { connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw.ts'

const rooms = { default: { history: { size: 100, ttl: '300s' }, recover: true } }

interface Health {
  status: number
  body: unknown
}

async function get(gateway: Gateway, path: string): Promise<Health> {
  const response = await fetch(`${gateway.client}${path}`)
  return { status: response.status, body: await response.json() }
}

describe('SIGTERM', () => {
  test('closes every client with 3001 and ends with 0; all come back to the next process', async () => {
    const first = await startGateway({ config: { insecure: true, rooms } })
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectClient(first)))
    const members = await Promise.all(clients.map((client) => client.subscribe('stays')))
    await first.api('publish', { channel: 'stays', data: 'before' })
    await Promise.all(members.map((member) => member.publications.nth(1)))

    process.kill(first.pid, 'SIGTERM')
    const goodbyes = await Promise.all(clients.map((client) => client.connecting.nth(2)))
    expect(new Set(goodbyes.map(({ code }) => code))).toEqual(new Set([3001]))
    expect(await first.exit).toBe(0)

    const { port } = new URL(first.client)
    await using second = await startGateway({
      config: { insecure: true, rooms },
      args: ['--port', port],
    })
    await Promise.all(clients.map((client) => client.connected.nth(2)))
    // The in-memory bus forgot the stream: nobody is told that nothing was missed.
    const again = await Promise.all(members.map((member) => member.subscribed.nth(2)))
    const epochs = members.map(({ subscribed }) => subscribed.entries[0]?.streamPosition?.epoch)
    for (const { wasRecovering, recovered, streamPosition } of again) {
      expect({ wasRecovering, recovered }).toEqual({ wasRecovering: true, recovered: false })
      expect(streamPosition?.offset).toBe(0)
      expect(epochs).not.toContain(streamPosition?.epoch)
    }
    await second.api('publish', { channel: 'stays', data: 'after' })
    await Promise.all(members.map((member) => member.publications.nth(2)))
    expect(members[0]?.data).toEqual(['before', 'after'])
  })

  test('makes the node unready and closed to newcomers while the last clients are still served', async () => {
    const gateway = await startGateway({
      config: { insecure: true, drain: { batch: 1, intervalMs: 500 } },
    })
    expect(await get(gateway, '/health')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await get(gateway, '/ready')).toEqual({ status: 200, body: { status: 'ready' } })
    const clients = await Promise.all(Array.from({ length: 3 }, () => connectClient(gateway)))

    process.kill(gateway.pid, 'SIGTERM')
    const first = await Promise.race(
      clients.map(async (client) => {
        await client.connecting.nth(2)
        return client
      }),
    )
    const others = clients.filter((client) => client !== first)
    expect(await get(gateway, '/ready')).toEqual({
      status: 503,
      body: { status: 'unavailable', reason: 'draining' },
    })
    expect((await get(gateway, '/health')).status).toBe(200)
    expect((await openRaw(gateway.client)).status).toBe(503)
    await others[0]!.subscribe('to-the-end')
    await others[0]!.centrifuge.publish('to-the-end', 1)
    expect(others.map(({ connecting }) => connecting.size)).toEqual([1, 1])

    const goodbyes = await Promise.all(others.map(({ connecting }) => connecting.nth(2)))
    expect(goodbyes).toMatchObject([{ code: 3001 }, { code: 3001 }])
    expect(await gateway.exit).toBe(0)
  })

  test('is as good as SIGINT', async () => {
    const gateway = await startGateway()
    const client = await connectClient(gateway)
    process.kill(gateway.pid, 'SIGINT')
    expect(await client.connecting.nth(2)).toMatchObject({ code: 3001 })
    expect(await gateway.exit).toBe(0)
  })

  test('is not held up by a client that answers no close frame', async () => {
    const gateway = await startGateway({
      config: { insecure: true, limits: { closeTimeoutMs: 100 } },
    })
    const raw = await openRaw(gateway.client)
    await raw.call('connect', {})
    raw.stopReading()
    process.kill(gateway.pid, 'SIGTERM')
    expect(await gateway.exit).toBe(0)
  })

  test('and another signal ends the node at once, with 1', async () => {
    const gateway = await startGateway({
      config: { insecure: true, drain: { batch: 1, intervalMs: 30_000 } },
    })
    const clients = [await connectClient(gateway), await connectClient(gateway)]
    process.kill(gateway.pid, 'SIGTERM')
    await Promise.race(clients.map((client) => client.connecting.nth(2)))
    process.kill(gateway.pid, 'SIGINT')
    expect(await gateway.exit).toBe(1)
  })
})

describe('a process that is killed', () => {
  test('is left for the next one by clients that were not told', async () => {
    const first = await startGateway({ config: { insecure: true, rooms } })
    const client = await connectClient(first)
    const room = await client.subscribe('survives')
    await first.kill()
    expect(await client.connecting.nth(2)).toMatchObject({ reason: 'transport closed' })
    const args = ['--port', new URL(first.client).port]
    await using second = await startGateway({ config: { insecure: true, rooms }, args })
    await room.subscribed.nth(2)
    await second.api('publish', { channel: 'survives', data: 1 })
    expect(await room.publications.nth(1)).toMatchObject({ data: 1 })
  })
})
