import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { startRedis } from '@sluice/test-support'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { NodeConfig } from '../src/option-schema.ts'
import { callApi, startTestNode, TestClient } from './http/harness.ts'
import { startTestCluster } from './support/cluster.ts'
import { type Otlp, startOtlp } from './support/otlp.ts'

// Spans leave once a second, and a node's end waits two for an endpoint that does not answer.
vi.setConfig({ testTimeout: 30_000 })

const desk = new URL('support/behaviors/desk.ts', import.meta.url).pathname
const journal = new URL('support/behaviors/journal.ts', import.meta.url).pathname

const methods = ['echo', 'refuse', 'publish']
const traced = ({ endpoint }: Otlp, sample = 1): NodeConfig => ({
  insecure: true,
  rpc: Object.fromEntries(methods.map((name) => [`desk.${name}`, desk])),
  tracing: { endpoint, sample },
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const withTrace = (flags: string) => ({
  'X-API-Key': 'key',
  traceparent: `00-${traceId}-${spanId}-${flags}`,
})

describe('a trace', () => {
  test('leads from a command to the fan-out of what it published', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'news' })
    await client.command('publish', { channel: 'news', data: 1 })
    await client.push('pub')
    await node.stop()
    const fanOut = otlp.spans.find(
      ({ name, attributes }) => name === 'fan-out' && attributes['sluice.messages'] === 1,
    )!
    expect(otlp.path(fanOut)).toBe('command publish > publish > fan-out')
    expect(fanOut.attributes).toEqual({ 'sluice.messages': 1, 'sluice.members': 1 })
    expect(otlp.one('publish').attributes).toEqual({ 'sluice.room': 'news' })
    expect(otlp.one('command publish').attributes).toEqual({
      'sluice.client': client.id,
      'sluice.method': 'publish',
    })
  })

  test('leads from a call through the ask to its handler, and on, over awaits', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'news' })
    await client.command('rpc', { method: 'desk.publish', data: 'x' })
    await client.push('pub')
    await node.stop()
    const fanOut = otlp.spans.findLast(({ name }) => name === 'fan-out')!
    expect(otlp.path(fanOut)).toBe('command rpc > ask desk > desk rpc > publish > fan-out')
    const [ask, handled] = [otlp.one('ask desk'), otlp.one('desk rpc')]
    expect(handled.attributes).toEqual({
      'sluice.actor': ask.attributes['sluice.actor'],
      'sluice.behavior': 'desk',
      'sluice.message': 'rpc',
    })
    // An ask is over when it is answered, not when it was sent.
    expect(BigInt(ask.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(handled.startTimeUnixNano))
  })

  test.each([
    ['is kept', { size: 10, ttl: '60s' }],
    ['is not kept', undefined],
  ])(
    'leads through Redis to the fan-out on each node, of what %s there',
    async (_what, history) => {
      const redis = await startRedis()
      onTestFinished(() => redis[Symbol.asyncDispose]())
      const otlp = await startOtlp()
      const start = (name: string) =>
        startTestNode({
          ...{ ...traced(otlp), name, redis: redis.url },
          rooms: { default: history === undefined ? {} : { history } },
        })
      const nodes = [await start('one'), await start('two')]
      for (const { services } of nodes) await expect.poll(() => services.bus.ready()).toBe(true)
      const clients = await Promise.all(nodes.map((node) => TestClient.connect(node, 'ann')))
      for (const client of clients) await client.command('subscribe', { channel: 'news' })
      await clients[0]!.command('publish', { channel: 'news', data: 1 })
      for (const client of clients) {
        expect(await client.push('pub')).toEqual({ channel: 'news', pub: expect.any(Object) })
      }
      // For nodes alone: no client and no backend sees it.
      const past = await Promise.all([
        clients[1]!.command('history', { channel: 'news', limit: 10 }),
        callApi(nodes[1]!, 'history', { channel: 'news', limit: 10 }),
      ])
      expect(JSON.stringify(past)).not.toContain('traceparent')
      await Promise.all(nodes.map((node) => node.stop()))
      const fanOuts = otlp.spans.filter(({ name }) => name === 'fan-out')
      const paths = fanOuts.map((span) => [span.node, otlp.path(span)])
      for (const name of ['one', 'two']) {
        expect(paths).toContainEqual([name, 'command publish > publish > fan-out'])
      }
    },
  )

  test('leads from a room to its member: a join is handled by the room', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'news' })
    await node.stop()
    expect(otlp.path(otlp.one('room join'))).toBe('command subscribe > room join')
  })

  test('of one client is none of another, also when both are handled in one turn', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const clients = await Promise.all(
      Array.from({ length: 8 }, (_, at) => TestClient.connect(node, `user${at}`)),
    )
    for (let round = 0; round < 5; round++) {
      // oxlint-disable-next-line no-await-in-loop -- all at once, then once more
      await Promise.all(
        clients.map((client) => client.command('rpc', { method: 'desk.publish', data: round })),
      )
    }
    await node.stop()
    const paths = otlp.spans.filter(({ name }) => name === 'publish').map((span) => otlp.path(span))
    expect(new Set(paths)).toEqual(new Set(['command rpc > ask desk > desk rpc > publish']))
    for (const name of ['command rpc', 'ask desk', 'desk rpc', 'publish']) {
      const spans = otlp.spans.filter((span) => span.name === name)
      expect([name, spans.length, new Set(spans.map((span) => span.traceId)).size]).toEqual([
        name,
        40,
        40,
      ])
    }
  })

  test('is linked to each publish that one fan-out joined', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'news' })
    const commands = [1, 2, 3].map((data) => ({ publish: { channel: 'news', data } }))
    await callApi(node, 'batch', { commands })
    await client.push('pub')
    await node.stop()
    const publishes = otlp.spans.filter(({ name }) => name === 'publish')
    const fanOut = otlp.spans.find(({ attributes }) => attributes['sluice.messages'] === 3)!
    const linked = [fanOut.parentSpanId, ...fanOut.links.map((link) => link.spanId)]
    expect(publishes).toHaveLength(3)
    expect(new Set(linked)).toEqual(new Set(publishes.map((span) => span.spanId)))
  })

  test('says that something was refused, or failed, and by which code', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode({
      ...traced(otlp),
      rooms: { namespaces: { shut: { allow: { publish: 'none' } } } },
    })
    const client = await TestClient.connect(node, 'ann')
    await client.command('publish', { channel: 'shut:room', data: 1 })
    await client.command('rpc', { method: 'desk.refuse', data: 'the secret plan' })
    await node.stop()
    expect(otlp.one('command publish')).toMatchObject({
      attributes: { 'sluice.error': 103 },
      status: { code: 2, message: '103' },
    })
    expect(otlp.one('ask desk').status).toEqual({ code: 2, message: 'ask_failed' })
  })

  test('never holds what messages say, nor who users are', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann-of-the-north')
    await client.command('subscribe', { channel: 'news' })
    await client.command('publish', { channel: 'news', data: { note: 'the secret plan' } })
    await client.command('rpc', { method: 'desk.echo', data: 'the secret plan' })
    await client.command('rpc', { method: 'desk.refuse', data: 'the secret plan' })
    await callApi(node, 'publish', { channel: 'news', data: 'the secret plan' })
    await node.stop()
    expect(otlp.bodies.join('')).toContain('command publish')
    expect(otlp.bodies.join('')).not.toMatch(/secret|ann-of-the-north/)
  })
})

describe('a call to the server API', () => {
  test('is a part of its caller’s trace', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp, 0))
    await callApi(node, 'publish', { channel: 'news', data: 1 }, withTrace('01'))
    await node.stop()
    const call = otlp.one('api publish')
    expect(call).toMatchObject({ traceId, parentSpanId: spanId })
    expect(otlp.path(otlp.one('publish'))).toBe('api publish > publish')
  })

  test('is not followed when its caller is not', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp, 1))
    await callApi(node, 'publish', { channel: 'news', data: 1 }, withTrace('00'))
    await node.stop()
    expect(otlp.spans).toEqual([])
  })

  test('begins a trace of its own when it says nothing that can be read', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp, 1))
    await callApi(node, 'info', {}, { 'X-API-Key': 'key', traceparent: 'nonsense' })
    await node.stop()
    expect(otlp.one('api info').parentSpanId).toBeUndefined()
  })
})

test('a call to a singleton’s owner is followed on both nodes', async () => {
  const otlp = await startOtlp()
  const { nodes } = await startTestCluster(2, {
    insecure: true,
    rooms: { namespaces: { journal: { behavior: journal, singleton: true } } },
    rpc: { 'journal.read': journal },
    tracing: { endpoint: otlp.endpoint, sample: 1 },
  })
  const [ann, bob] = [
    await TestClient.connect(nodes[0]!, 'ann'),
    await TestClient.connect(nodes[1]!, 'bob'),
  ]
  const read = { method: 'journal.read', data: { room: 'journal:one' } }
  await ann.command('rpc', read)
  await bob.command('rpc', read)
  await Promise.all(nodes.map((node) => node.stop()))
  const there = otlp.spans.find(({ name, node }) => name === 'command rpc' && node === 'node-1')!
  const here = otlp.spans.find(
    ({ name, traceId: id }) => name === 'journal rpc' && id === there.traceId,
  )!
  expect(here.node).toBe('node-0')
  expect(otlp.path(here)).toBe('command rpc > ask owner > answer > ask journal > journal rpc')
})

describe('a node that traces', () => {
  test('follows the share that it is told, and nothing of the rest', async () => {
    const otlp = await startOtlp()
    const node = await startTestNode(traced(otlp, 0))
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'news' })
    await client.command('rpc', { method: 'desk.publish', data: 'x' })
    await callApi(node, 'publish', { channel: 'news', data: 1 })
    await node.stop()
    expect(otlp.spans).toEqual([])
  })

  test('sends spans while it runs, not only in the end', async () => {
    const taken = Promise.withResolvers<void>()
    const otlp = await startOtlp((_request, response) => {
      response.end('{}')
      taken.resolve()
    })
    const node = await startTestNode(traced(otlp))
    await callApi(node, 'info', {})
    await taken.promise
    await node.stop()
    expect(node.services.tracing!.outcome).toEqual({ lost: 0, sent: 1 })
  })

  test.each([
    ['refuses', (response: ServerResponse) => void response.writeHead(400).end()],
    ['never answers', () => {}],
  ])('goes on, and ends, when its endpoint %s', async (_, answer) => {
    const asked = Promise.withResolvers<void>()
    const otlp = await startOtlp((_request, response) => {
      answer(response)
      asked.resolve()
    })
    const node = await startTestNode(traced(otlp))
    const client = await TestClient.connect(node, 'ann')
    await asked.promise
    expect(await client.command('rpc', { method: 'desk.echo', data: 1 })).toMatchObject({
      rpc: { data: { data: 1 } },
    })
    await node.stop()
    expect(node.services.tracing!.outcome.sent).toBe(0)
  })

  test('goes on, and ends, when nobody listens at its endpoint', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    const faults: unknown[] = []
    const note = (error: unknown): void => void faults.push(error)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const node = await startTestNode({
      insecure: true,
      tracing: { endpoint: `http://127.0.0.1:${port}/v1/traces`, sample: 1 },
    })
    expect((await callApi(node, 'info', {})).status).toBe(200)
    await node.stop()
    expect(node.services.tracing!.outcome.sent).toBe(0)
    expect(faults).toEqual([])
  })
})

test('a node that does not trace follows nothing', async () => {
  const node = await startTestNode({ insecure: true })
  expect(node.services.tracing).toBeUndefined()
  expect(node.system.tracer).toBeUndefined()
})
