import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRouter } from '../../src/http/routes.ts'
import { createSite } from '../../src/http/site.ts'
import { exchange, listen, startTestNode } from './harness.ts'

const secret = 'nobody may read this'
let base: string

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'sluice-site-'))
  mkdirSync(join(base, 'site/sub'), { recursive: true })
  mkdirSync(join(base, 'site/empty'))
  mkdirSync(join(base, 'site/.git'))
  mkdirSync(join(base, 'site-of-another'))
  const files = {
    'site/index.html': '<h1>hello</h1>',
    'site/app.js': 'run()',
    'site/grün & blau.svg': '<svg/>',
    'site/none.xyz': 'unknown',
    'site/nothing.txt': '',
    'site/sub/index.html': '<h1>below</h1>',
    'site/.env': secret,
    'site/.git/config': secret,
    'secret.txt': secret,
    'site-of-another/index.html': secret,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(base, name), text)
  symlinkSync(join(base, 'secret.txt'), join(base, 'site/leak.txt'))
  symlinkSync(base, join(base, 'site/up'))
  symlinkSync(join(base, 'site-of-another'), join(base, 'site/near'))
  symlinkSync('app.js', join(base, 'site/same.js'))
})

afterAll(() => rmSync(base, { recursive: true }))

const failures: unknown[] = []

async function serve(): Promise<number> {
  failures.length = 0
  const routes = { exact: {}, rest: createSite(join(base, 'site')) }
  return listen(createServer(createRouter(routes, (_what, error) => failures.push(error))))
}

describe('a site', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<h1>hello</h1>'],
    ['/index.html?a=b', 'text/html; charset=utf-8', '<h1>hello</h1>'],
    ['/app.js', 'text/javascript; charset=utf-8', 'run()'],
    ['/same.js', 'text/javascript; charset=utf-8', 'run()'],
    ['/gr%C3%BCn%20&%20blau.svg', 'image/svg+xml', '<svg/>'],
    ['/none.xyz', 'application/octet-stream', 'unknown'],
    ['/nothing.txt', 'text/plain; charset=utf-8', ''],
    ['/sub/', 'text/html; charset=utf-8', '<h1>below</h1>'],
    ['/sub/../app.js', 'text/javascript; charset=utf-8', 'run()'],
  ])('sends %s as %s', async (path, type, text) => {
    const response = await fetch(`http://127.0.0.1:${await serve()}${path}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe(text)
  })

  test('shows nothing that lies outside, is hidden, or would be a listing', async () => {
    const port = await serve()
    for (const path of [
      '/nothing/here',
      '/app.js/',
      '/app.js/more',
      '/empty/',
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/sub/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/../site-of-another/index.html',
      '/..%2fsite-of-another/index.html',
      '//secret.txt',
      '/leak.txt',
      '/up/secret.txt',
      '/near/',
      '/near/index.html',
      '/.env',
      '/.git/config',
      '/%2egit/config',
      '/app.js%00.html',
      '/%',
      '/%ff',
      `/${'a'.repeat(300)}`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- each on a connection of its own, unmended
      const answer = await exchange(
        port,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      )
      expect([path, answer.split('\r\n', 1)[0]]).toEqual([path, 'HTTP/1.1 404 Not Found'])
      expect(answer).not.toContain(secret)
    }
    expect(failures).toEqual([])
  })

  test('never shows a secret, whatever is asked', async () => {
    const port = await serve()
    const piece = fc.constantFrom(
      ...['..', '.', '/', '//', '%2f', '%2e', '%2E%2E', '\\', '%5c', '%00', '%25', ':', '~'],
      ...[
        'site',
        'sub',
        'up',
        'near',
        'leak.txt',
        'secret.txt',
        '.env',
        '.git',
        'config',
        'index.html',
      ],
      ...['site-of-another', ' ', '?', '#'],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const path = `/${pieces.join('')}`.replaceAll(' ', '%20')
        const answer = await exchange(
          port,
          `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
        )
        expect(answer).toMatch(/^HTTP\/1\.1 (200|301|404|400) /)
        expect(answer).not.toContain(secret)
      }),
      { numRuns: 300 },
    )
    expect(failures).toEqual([])
  })

  test('leads from a folder to its page, on the same host', async () => {
    const port = await serve()
    const response = await fetch(`http://127.0.0.1:${port}/sub?a=b`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([301, '/sub/?a=b'])
  })

  test('sends the headers alone for HEAD', async () => {
    const response = await fetch(`http://127.0.0.1:${await serve()}/app.js`, { method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('')
  })

  test('takes GET and HEAD only', async () => {
    const response = await fetch(`http://127.0.0.1:${await serve()}/app.js`, { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('sends a file again only after it changed', async () => {
    const port = await serve()
    const path = join(base, 'site/changing.txt')
    onTestFinished(() => rmSync(path))
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/changing.txt`, { headers })

    writeFileSync(path, 'one')
    utimesSync(path, 1_000, 1_000.5)
    const first = await ask({})
    const tag = first.headers.get('etag')!
    const date = first.headers.get('last-modified')!
    expect(first.headers.get('cache-control')).toBe('no-cache')
    expect((await ask({ 'If-None-Match': tag })).status).toBe(304)
    expect((await ask({ 'If-None-Match': `"other", ${tag}` })).status).toBe(304)
    expect((await ask({ 'If-None-Match': '*' })).status).toBe(304)
    expect((await ask({ 'If-Modified-Since': date })).status).toBe(304)
    expect((await ask({ 'If-Modified-Since': 'yesterday' })).status).toBe(200)

    writeFileSync(path, 'two')
    utimesSync(path, 1_002, 1_002)
    expect((await ask({ 'If-Modified-Since': date })).status).toBe(200)
    const second = await ask({ 'If-None-Match': tag, 'If-Modified-Since': date })
    expect(await second.text()).toBe('two')
  })

  test('outlives a client that leaves in the middle of a file', async () => {
    const port = await serve()
    const path = join(base, 'site/large.bin')
    onTestFinished(() => rmSync(path))
    writeFileSync(path, Buffer.alloc(16 * 1_048_576))
    const request = get({ port, host: '127.0.0.1', path: '/large.bin', agent: false })
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
    await once(response, 'data')
    const closed = new Promise((resolve) => request.once('close', resolve))
    response.on('error', () => {})
    request.destroy()
    await closed
    const next = await fetch(`http://127.0.0.1:${port}/app.js`)
    expect(await next.text()).toBe('run()')
    expect(failures).toEqual([])
  })

  test('is what a node shows beside its own paths, if there is one', async () => {
    const { urls } = await startTestNode({ site: join(base, 'site') })
    const page = await fetch(`${urls.client}/`)
    expect(await page.text()).toBe('<h1>hello</h1>')
    const health = await fetch(`${urls.client}/health`)
    expect(await health.json()).toEqual({ status: 'ok' })
    const without = await startTestNode()
    expect((await fetch(`${without.urls.client}/`)).status).toBe(404)
  })
})
