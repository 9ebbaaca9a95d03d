// The devtool's page itself: what it weighs, and where it comes from.

import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../support/gateway.ts'

const mostBytes = 250_000

describe('the page', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
    return () => gateway.kill()
  })

  test('weighs at most 250 KB gzipped, all its files together', async () => {
    const files = await filesOf(gateway.admin)
    expect(files.map(({ path }) => path.replace(/-[\w-]+\./, '-*.'))).toEqual(
      expect.arrayContaining(['./', './assets/index-*.js', './assets/index-*.css', './icon.svg']),
    )
    const bytes = files.reduce((sum, { body }) => sum + gzipSync(body).length, 0)
    expect(bytes).toBeLessThanOrEqual(mostBytes)
  })

  test('names no other host, so that it works without a network', async () => {
    const hosts = (await filesOf(gateway.admin)).flatMap(({ body }) =>
      // What a namespace is called is never asked for.
      [...body.toString().matchAll(/https?:\/\/(?!www\.w3\.org\/)[\w.-]+/g)].map(([url]) => url),
    )
    expect(hosts).toEqual([])
  })
})

/** The page and what it loads. */
async function filesOf(admin: string): Promise<{ path: string; body: Buffer }[]> {
  const page = await read(admin, './')
  const linked = [...page.toString().matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(
    ([, path]) => path!,
  )
  const bodies = await Promise.all(linked.map((path) => read(admin, path)))
  return [{ path: './', body: page }, ...linked.map((path, at) => ({ path, body: bodies[at]! }))]
}

async function read(admin: string, path: string): Promise<Buffer> {
  const response = await fetch(new URL(path, `${admin}/`))
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}
