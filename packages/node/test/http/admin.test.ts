import { describe, expect, test } from 'vitest'
import { createAdminGate } from '../../src/http/admin-gate.ts'
import { isLoopbackHost } from '../../src/http/host.ts'
import { exchange, listenTo, startTestNode } from './harness.ts'

const none = new URLSearchParams()

describe('an admin port with a token', () => {
  const gate = createAdminGate('the token')

  test('opens to it, in the header or in the query', () => {
    const spoken = createAdminGate('token')
    expect(spoken({ authorization: 'Bearer token' }, none)).toBeUndefined()
    expect(spoken({ authorization: 'bearer  token' }, none)).toBeUndefined()
    expect(gate({}, new URLSearchParams({ token: 'the token' }))).toBeUndefined()
  })

  test('opens to nothing else, wherever it comes from', () => {
    const refused = { status: 401, why: 'the admin token is needed' }
    const local = { host: 'localhost' }
    for (const authorization of ['', 'Bearer', 'Bearer the', 'Basic dGhlIHRva2Vu', 'the token']) {
      expect(gate({ ...local, authorization }, none)).toEqual(refused)
    }
    expect(gate(local, none)).toEqual(refused)
    expect(gate(local, new URLSearchParams({ token: '' }))).toEqual(refused)
    // A header that is wrong is not mended by the query.
    const right = new URLSearchParams({ token: 'the token' })
    expect(gate({ authorization: 'Bearer wrong' }, right)).toEqual(refused)
  })

  test('is asked for on every path but those of the page, which has nothing to tell', async () => {
    const { urls } = await startTestNode({ adminToken: 'token' })
    for (const path of ['/debug/', '/metrics', '/debug/vars', '/debug/actors', '/nothing']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await fetch(urls.admin + path)
      expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer',
      ])
    }
    const page = await fetch(`${urls.admin}/`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';/,
    )
    expect(await page.text()).toContain('<div id="app"></div>')
    const headers = { Authorization: 'Bearer token' }
    expect((await fetch(`${urls.admin}/debug/vars`, { headers })).status).toBe(200)
    expect((await fetch(`${urls.admin}/debug/actors?token=token`)).status).toBe(200)
  })
})

describe('an admin port without a token', () => {
  const gate = createAdminGate(undefined)

  test.each(['localhost', 'localhost:8001', 'LOCALHOST', '127.0.0.1:1', '127.1.2.3', '[::1]:8001'])(
    'is found at %s',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true)
      expect(gate({ host }, none)).toBeUndefined()
      expect(gate({ host, origin: `http://${host.toLowerCase()}` }, none)).toBeUndefined()
    },
  )

  test.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil@localhost'],
    ...['10.0.0.1', '0.0.0.0', '[::]', '[::ffff:127.0.0.1]', '', 'localhost:', ':80', undefined],
    ...['localhost:80:80', 'localhost evil.example', '127.0.0.1/', '::1:x'],
  ])('is not found at %s', (host) => {
    expect(isLoopbackHost(host)).toBe(false)
    expect(gate({ host }, none)).toMatchObject({ status: 403 })
  })

  test('answers no page but its own', () => {
    const host = 'localhost:8001'
    const refused = { status: 403, why: 'origin not allowed' }
    expect(gate({ host, origin: 'https://evil.example' }, none)).toEqual(refused)
    expect(gate({ host, origin: 'http://localhost:8000' }, none)).toEqual(refused)
    expect(gate({ host, origin: 'null' }, none)).toEqual(refused)
  })

  test('lets no other page fetch from it what needs no origin: pictures, scripts, frames', () => {
    const host = 'localhost:8001'
    const fetched = (site: string, dest: string): ReturnType<typeof gate> =>
      gate({ host, 'sec-fetch-site': site, 'sec-fetch-dest': dest }, none)
    for (const dest of ['image', 'script', 'iframe', 'empty']) {
      expect(fetched('cross-site', dest)).toEqual({ status: 403, why: 'origin not allowed' })
      // Another port of this machine.
      expect(fetched('same-site', dest)).toMatchObject({ status: 403 })
      expect(fetched('same-origin', dest)).toBeUndefined()
    }
    expect(fetched('none', 'document')).toBeUndefined()
    // Somebody followed a link.
    expect(fetched('cross-site', 'document')).toBeUndefined()
  })

  test('refuses a name that somebody pointed at it', async () => {
    const { urls } = await startTestNode()
    const port = Number(new URL(urls.admin).port)
    const answer = await exchange(
      port,
      'GET /debug/vars HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).not.toContain('actors')
  })
})

describe('the admin port', () => {
  test('shows what there is, with links that work', async () => {
    const { urls, services } = await startTestNode({ name: 'a<b>', adminToken: 't&"' })
    const token = encodeURIComponent('t&"')
    const response = await fetch(`${urls.admin}/debug/?token=${token}`)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await response.text()
    expect(page).toContain(`<title>${services.version}, node a&#60;b&#62;</title>`)
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, link]) =>
      link!.replaceAll('&#38;', '&'),
    )
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await fetch(new URL(link, `${urls.admin}/debug/`))).status).toBe(200)
    }
  })

  test('shows the metrics to Prometheus', async () => {
    const { urls } = await startTestNode()
    const response = await fetch(`${urls.admin}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toContain('# TYPE sluice_actors gauge\n')
  })

  test('shows the figures to programs', async () => {
    const { urls } = await startTestNode()
    const vars = (await (await fetch(`${urls.admin}/debug/vars`)).json()) as object
    expect(vars).toMatchObject({ name: 'test', actors: 5, ends_unknown: 0, orphans: 0 })
  })

  test('tells the node of a page that fails', async () => {
    const node = await startTestNode()
    const crashes = listenTo(node, 'command.crashed')
    node.services.bus.ready = () => {
      throw new Error('broken')
    }
    const response = await fetch(`${node.urls.admin}/metrics`)
    expect(response.status).toBe(500)
    expect(crashes).toEqual([
      { name: 'command.crashed', client: '', method: 'GET /metrics', error: new Error('broken') },
    ])
  })
})
