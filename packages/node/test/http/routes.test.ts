import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { sendText } from '../../src/http/answer.ts'
import { ClientGone } from '../../src/http/body.ts'
import { createRouter, type Routes, urlOf } from '../../src/http/routes.ts'
import { exchange, listen } from './harness.ts'

const failures: [what: string, error: unknown][] = []

async function serve(routes: Routes): Promise<number> {
  failures.length = 0
  return listen(createServer(createRouter(routes, (...failure) => failures.push(failure))))
}

describe('a router', () => {
  const routes: Routes = {
    exact: {
      '/exact': { GET: (_request, response) => sendText(response, 200, 'exact') },
      '/both': {
        GET: (_request, response) => sendText(response, 200, 'got'),
        POST: (_request, response) => sendText(response, 200, 'posted'),
      },
    },
    prefixes: {
      '/under/': { POST: (_request, response, url) => sendText(response, 200, url.pathname) },
    },
  }

  test('takes exact paths, prefixes, and nothing else', async () => {
    const port = await serve(routes)
    const ask = async (path: string, method = 'GET'): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
      return [response.status, await response.text()]
    }
    const nothing = [404, '{"error":{"code":404,"message":"not found"}}']
    expect(await ask('/exact?a=1')).toEqual([200, 'exact'])
    expect(await ask('/exact/')).toEqual(nothing)
    expect(await ask('/under/a/b', 'POST')).toEqual([200, '/under/a/b'])
    expect(await ask('/under', 'POST')).toEqual(nothing)
    expect(await ask('/constructor')).toEqual(nothing)
    expect(await ask('/__proto__')).toEqual(nothing)
    expect(await ask('/both', 'POST')).toEqual([200, 'posted'])
  })

  test('answers HEAD as GET, without the body', async () => {
    const port = await serve(routes)
    const response = await fetch(`http://127.0.0.1:${port}/exact`, { method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('')
  })

  test.each([
    ['/exact', 'POST', 'GET, HEAD'],
    ['/both', 'DELETE', 'GET, HEAD, POST'],
    ['/under/a', 'GET', 'POST'],
    ['/under/a', 'OPTIONS', 'POST'],
  ])('answers 405 to %s %s and says what it allows', async (path, method, allowed) => {
    const port = await serve(routes)
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allowed)
    expect(await response.json()).toEqual({ error: { code: 405, message: 'method not allowed' } })
  })

  test('has a place for all other paths', async () => {
    const port = await serve({
      exact: {},
      rest: { GET: (_request, response, url) => sendText(response, 200, url.pathname) },
    })
    const response = await fetch(`http://127.0.0.1:${port}/any/where`)
    expect(await response.text()).toBe('/any/where')
  })

  test.each([
    [
      'at once',
      () => {
        throw new Error('secret')
      },
    ],
    ['later', () => Promise.reject(new Error('secret'))],
  ])(
    'answers 500 without details when a handler fails %s, and tells the node',
    async (_when, GET) => {
      const port = await serve({ exact: { '/': { GET } } })
      const response = await fetch(`http://127.0.0.1:${port}/`)
      expect(response.status).toBe(500)
      expect(await response.json()).toEqual({
        error: { code: 500, message: 'internal server error' },
      })
      expect(failures).toEqual([['GET /', new Error('secret')]])
    },
  )

  test('names a failing prefix, not what a client wrote behind it', async () => {
    const POST = (): never => {
      throw new Error('broken')
    }
    const port = await serve({ exact: {}, prefixes: { '/under/': { POST } } })
    await fetch(`http://127.0.0.1:${port}/under/whatever`, { method: 'POST' })
    expect(failures).toEqual([['POST /under/', new Error('broken')]])
  })

  test('cuts an answer that failed half way', async () => {
    const port = await serve({
      exact: {
        '/': {
          GET: (_request, response) => {
            response.writeHead(200, { 'Content-Length': 10 })
            response.write('half')
            throw new Error('broken')
          },
        },
      },
    })
    const request = get({ port, host: '127.0.0.1', agent: false })
    const [error] = (await once(request, 'error')) as [{ code: string }]
    expect(error.code).toBe('ECONNRESET')
    expect(failures).toHaveLength(1)
  })

  test('says nothing about a client that went away', async () => {
    const port = await serve({
      exact: {
        '/': {
          GET: (_request, response) => {
            response.destroy()
            throw new ClientGone('gone')
          },
        },
      },
    })
    const request = get({ port, host: '127.0.0.1', agent: false })
    await once(request, 'error')
    expect(failures).toEqual([])
  })

  test('answers 400 to a target that is no path', async () => {
    const port = await serve(routes)
    const answer = await exchange(
      port,
      'GET mailto:a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the target of a request', () => {
  test.each([
    ['/a/b?c=1', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/%2e%2e/a', '/a'],
    ['/..%2fa', '/..%2fa'],
    ['//evil.example/a', '//evil.example/a'],
    ['/\\evil', '//evil'],
    ['http://proxy.example/a', '/a'],
    [':80/a', undefined],
    ['*', undefined],
    ['', undefined],
    ['javascript:a', undefined],
  ])('%s is the path %s', (target, path) => {
    expect(urlOf(target)?.pathname).toBe(path)
  })
})
