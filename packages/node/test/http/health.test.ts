import { expect, test } from 'vitest'
import { startTestNode } from './harness.ts'

async function ask(url: string, method = 'GET'): Promise<[number, unknown]> {
  const response = await fetch(url, { method })
  return [response.status, await response.json().catch(() => undefined)]
}

test('a node is healthy while it answers, and needs no key to say so', async () => {
  const { urls } = await startTestNode()
  expect(await ask(`${urls.client}/health`)).toEqual([200, { status: 'ok' }])
  expect(await ask(`${urls.client}/health`, 'HEAD')).toEqual([200, undefined])
  expect((await ask(`${urls.client}/health`, 'POST'))[0]).toBe(405)
})

test('a node is ready while messages arrive and clients are welcome', async () => {
  const { urls, services } = await startTestNode()
  const ready = (): Promise<[number, unknown]> => ask(`${urls.client}/ready`)
  expect(await ready()).toEqual([200, { status: 'ready' }])

  services.bus.ready = () => false
  expect(await ready()).toEqual([503, { status: 'unavailable', reason: 'bus', link: 'up' }])

  services.draining = true
  expect(await ready()).toEqual([503, { status: 'unavailable', reason: 'draining' }])
  expect(await ask(`${urls.client}/health`)).toEqual([200, { status: 'ok' }])
})

test('a request for a socket that is none is told what is missing', async () => {
  const { urls } = await startTestNode()
  const response = await fetch(`${urls.client}/connection/websocket`)
  expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket'])
})
