import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Dump } from '@sluice/core'
import { describe, expect, test, vi } from 'vitest'
import type { NodeEvent } from '../../src/events.ts'
import type { RunningNode } from '../../src/node.ts'
import { folder } from '../seeing/folder.ts'
import { startTestCluster } from '../support/cluster.ts'
import { listenTo, startTestNode, TestClient } from './harness.ts'

// Threads take their time to start where many tests share few cores; the limit is for what hangs.
vi.setConfig({ testTimeout: 60_000 })

interface Answer {
  status: number
  headers: Headers
  text: string
}

async function ask(node: RunningNode, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(node.urls.admin + path, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** Takes a dump; its name. */
async function take(node: RunningNode): Promise<string> {
  const { status, text } = await ask(node, '/debug/dumps', { method: 'POST' })
  expect(status).toBe(201)
  return (JSON.parse(text) as { id: string }).id
}

/** Resolves when the next event of this name comes. */
function next<N extends NodeEvent['name']>(node: RunningNode, name: N) {
  return new Promise<Extract<NodeEvent, { name: N }>>((resolve) => {
    const stop = node.events.on((event) => {
      if (event.name !== name) return
      stop()
      resolve(event as Extract<NodeEvent, { name: N }>)
    })
  })
}

describe('POST /debug/dumps', () => {
  test('takes a dump and says where it is', async () => {
    const node = await startTestNode({ insecure: true })
    const written = listenTo(node, 'dump.written')
    await (await TestClient.connect(node)).command('subscribe', { channel: 'lobby' })
    const answer = await ask(node, '/debug/dumps', { method: 'POST' })
    const { id } = JSON.parse(answer.text) as { id: string }
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/debug/dumps/${id}`)
    expect(id).toMatch(/^\d{8}T\d{6}\.\d{3}Z-test-request$/)
    expect(written).toEqual([
      expect.objectContaining({ trigger: 'request', detail: 'HTTP', dump: id }),
    ])
    const dump = JSON.parse((await ask(node, `/debug/dumps/${id}`)).text) as Dump
    expect(dump).toMatchObject({
      schema: 'sluice.dump/1',
      node: { name: 'test', uid: node.services.uid, pid: process.pid },
      reason: { trigger: 'request', detail: 'HTTP' },
      facts: { connections: 1, rooms: 1, link: 'up' },
    })
    expect(dump.actors.map(({ behavior }) => behavior)).toEqual(
      expect.arrayContaining(['connection', 'room']),
    )
  })

  test('lists no more actors than it may, and says how many there are', async () => {
    const node = await startTestNode({ dumps: { maxActors: 2 } })
    const dump = JSON.parse((await ask(node, `/debug/dumps/${await take(node)}`)).text) as Dump
    expect([dump.actors.length, dump.total]).toEqual([2, 5])
  })

  test('takes one at a time', async () => {
    const node = await startTestNode()
    const skipped = listenTo(node, 'dump.skipped')
    const { archive } = node.services.dumper
    const write = archive.write.bind(archive)
    const gate = Promise.withResolvers<void>()
    archive.write = (...given) => gate.promise.then(() => write(...given))
    const first = ask(node, '/debug/dumps', { method: 'POST' })
    // The first is at the gate once a second one is refused.
    let second: Answer
    do second = await ask(node, '/debug/dumps', { method: 'POST' })
    while (second.status === 201)
    gate.resolve()
    expect(second.status).toBe(409)
    expect(second.headers.get('retry-after')).toBe('1')
    expect((await first).status).toBe(201)
    expect(skipped).toMatchObject([{ trigger: 'request', why: 'busy' }])
    await take(node)
  })

  test('says why there is none, when there is no place for it', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    const node = await startTestNode({ dumps: { dir: join(file, 'dumps') } })
    const failed = listenTo(node, 'dump.failed')
    const answer = await ask(node, '/debug/dumps', { method: 'POST' })
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('no folder for dumps')
    expect(failed).toHaveLength(1)
    expect((await ask(node, '/debug/dumps')).status).toBe(503)
    const id = '20261126T105515.123Z-test-request'
    expect((await ask(node, `/debug/diff?from=${id}&to=now`)).status).toBe(503)
    expect((await ask(node, `/debug/diff?from=${id}&to=${id}`)).status).toBe(503)
  })
})

describe('GET /debug/dumps', () => {
  test('lists them, the newest first', async () => {
    const dir = folder()
    const node = await startTestNode({ dumps: { dir, keep: 2 } })
    const list = async (): Promise<object> =>
      JSON.parse((await ask(node, '/debug/dumps')).text) as object
    expect(await list()).toEqual({ folder: dir, keep: 2, maxBytes: 268_435_456, dumps: [] })
    const ids = [await take(node), await take(node), await take(node)]
    expect(await list()).toMatchObject({
      dumps: [
        { id: ids[2], node: 'test', trigger: 'request' },
        { id: ids[1], bytes: expect.any(Number) },
      ],
    })
  })
})

describe('GET /debug/dumps/<id>', () => {
  test('shows one as text: groups, or every actor', async () => {
    const node = await startTestNode({ insecure: true })
    await TestClient.connect(node, 'ann')
    const id = await take(node)
    const groups = await ask(node, `/debug/dumps/${id}?format=text`)
    expect(groups.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(groups.text).toMatch(/^1 × connection \[idle/m)
    const actors = await ask(node, `/debug/dumps/${id}?format=text&debug=2`)
    expect(actors.text).toMatch(/^connection \w+ \[idle, /m)
  })

  test('refuses what it does not know', async () => {
    const node = await startTestNode()
    const id = await take(node)
    const refused = async (path: string): Promise<[number, string]> => {
      const { status, text } = await ask(node, `/debug/dumps/${path}`)
      return [status, (JSON.parse(text) as { error: { message: string } }).error.message]
    }
    expect(await refused('nothing')).toEqual([404, 'no dump nothing'])
    expect(await refused('nothing?format=text')).toEqual([404, 'no dump nothing'])
    expect(await refused('..%2fetc%2fpasswd')).toEqual([404, 'no dump ..%2fetc%2fpasswd'])
    expect(await refused(`${id}?format=xml`)).toEqual([
      400,
      'format: expected one of json, text, got "xml"',
    ])
    expect(await refused(`${id}?fromat=text`)).toEqual([
      400,
      'fromat: unknown key, did you mean format?',
    ])
    const { folder: place } = node.services.dumper.archive
    truncateSync(join(place, `${id}.json.gz`), 30)
    expect(await refused(id)).toEqual([500, `[not_available] ${id} is damaged`])
    expect(await refused(`${id}?format=text`)).toEqual([500, `[not_available] ${id} is damaged`])
  })
})

describe('GET /debug/nodes/dumps', () => {
  test('an archived dump comes as it lies there: no loop takes it apart', async () => {
    const { nodes } = await startTestCluster(2, {})
    const id = '20261126T105515.123Z-node-1-request'
    const text = `{ "schema": "sluice.dump/1", "more": "${'x'.repeat(20_000)}" }`
    for (const node of nodes) {
      writeFileSync(join(node.services.dumper.archive.folder, `${id}.json.gz`), gzipSync(text))
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await ask(
        nodes[0]!,
        `/debug/nodes/dumps?id=${id}&node=${node.services.options.name}`,
      )
      expect(response.text).toBe(text)
      expect(response.headers.get('content-type')).toBe('application/json')
    }
  })
})

describe('GET /debug/diff', () => {
  test('takes no dump to compare with one that is not there', async () => {
    const node = await startTestNode()
    const { status, text } = await ask(node, '/debug/diff?from=nothing&to=now')
    expect([status, text]).toEqual([404, expect.stringContaining('no dump nothing')])
    expect(node.services.dumper.archive.list()).toEqual([])
  })

  test('says so when too many are wanted at once', async () => {
    const node = await startTestNode()
    const crashed = listenTo(node, 'command.crashed')
    const { views } = node.services.dumper
    // Not even one of them has its thread before all are asked for.
    const answers = Array.from({ length: 8 }, () => views.view({ what: 'print', id: '', debug: 1 }))
    const { status, text } = await ask(node, '/debug/diff?from=one&to=other')
    expect([status, text]).toEqual([503, expect.stringContaining('8 views of dumps are wanted')])
    expect(crashed).toEqual([])
    await Promise.all(answers)
  })

  test('asks for two names', async () => {
    const node = await startTestNode()
    const id = await take(node)
    expect((await ask(node, `/debug/diff?from=${id}`)).status).toBe(400)
    expect((await ask(node, `/debug/diff?from=${id}&to=nothing`)).status).toBe(404)
  })

  test('says what changed, also until now', async () => {
    const node = await startTestNode({ insecure: true })
    const before = await take(node)
    const client = await TestClient.connect(node, 'ann')
    await client.command('subscribe', { channel: 'lobby' })
    const now = await ask(node, `/debug/diff?from=${before}&to=now&format=json`)
    expect(now.status).toBe(200)
    expect(JSON.parse(now.text)).toMatchObject({ total: { before: 5, after: 7 } })
    // The other dump that this took is one like any other.
    const [after] = node.services.dumper.archive.list()
    expect(after).toMatchObject({ trigger: 'request' })
    const text = await ask(node, `/debug/diff?from=${before}&to=${after!.id}`)
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(text.text).toMatch(/connection/)
  })
})

describe('POST /hooks/alert', () => {
  const alert = {
    status: 'firing',
    labels: { alertname: 'Crowd' },
    fingerprint: 'f',
    startsAt: '2026-11-26T12:00:00Z',
  }
  const post = (node: RunningNode, alerts: object[], headers: Record<string, string> = {}) =>
    ask(node, '/hooks/alert', {
      method: 'POST',
      headers,
      body: JSON.stringify({ version: '4', alerts }),
    })

  test('takes a dump in the name of what fires, once', async () => {
    const node = await startTestNode()
    const written = next(node, 'dump.written')
    const answer = await post(node, [alert, { ...alert, fingerprint: 'g', status: 'resolved' }])
    expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { alerts: 2, new: 1 }])
    expect(await written).toMatchObject({ trigger: 'alert', detail: 'Crowd' })
    expect(JSON.parse((await post(node, [alert])).text)).toEqual({ alerts: 1, new: 0 })
    const skipped = next(node, 'dump.skipped')
    await post(node, [{ ...alert, fingerprint: 'another' }])
    expect(await skipped).toMatchObject({ detail: 'Crowd', why: 'cooldown' })
    expect(node.services.dumper.archive.list()).toHaveLength(1)
  })

  test('takes none for what is resolved', async () => {
    const node = await startTestNode()
    const answer = await post(node, [{ ...alert, status: 'resolved' }])
    expect(JSON.parse(answer.text)).toEqual({ alerts: 1, new: 0 })
    expect(node.services.dumper.archive.list()).toEqual([])
  })

  test('refuses what is no alert, and whoever has no token', async () => {
    const node = await startTestNode({ adminToken: 'token' })
    const bearer = { Authorization: 'Bearer token' }
    expect((await post(node, [alert])).status).toBe(401)
    expect((await ask(node, '/debug/dumps', { method: 'POST' })).status).toBe(401)
    expect((await post(node, [{}], bearer)).status).toBe(400)
    const init = { method: 'POST', headers: bearer, body: '{' }
    expect((await ask(node, '/hooks/alert', init)).status).toBe(400)
    expect((await ask(node, '/hooks/alert', { headers: bearer })).status).toBe(405)
    const written = next(node, 'dump.written')
    expect((await post(node, [alert], bearer)).status).toBe(202)
    await written
  })
})
