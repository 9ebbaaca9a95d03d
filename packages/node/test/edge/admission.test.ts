import { describe, expect, test } from 'vitest'
import { refusalOf, type UpgradeRequest, websocketPath } from '../../src/edge/admission.ts'
import { nodeDefaults } from '../../src/options.ts'

const good: UpgradeRequest = {
  method: 'GET',
  path: websocketPath,
  httpVersion: '1.1',
  headers: {
    host: 'node.test',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
}
const free = { draining: false, retryAfterSeconds: 7, connections: 0, fromAddress: 0 }
const limits = { ...nodeDefaults.limits, maxConnections: 10, maxConnectionsPerAddress: 2 }
const any = () => true

const refused = (
  change: Partial<UpgradeRequest>,
  headers: Record<string, string | undefined> = {},
) => refusalOf({ ...good, ...change, headers: { ...good.headers, ...headers } }, free, limits, any)

describe('an upgrade', () => {
  test('as RFC 6455 wants it comes in', () => {
    expect(refused({})).toBeUndefined()
    expect(refused({}, { upgrade: 'WebSocket' })).toBeUndefined()
  })

  test.each([
    [404, { path: '/' }, {}],
    [404, { path: '/connection/websocket/' }, {}],
    [405, { method: 'POST' }, {}],
    [405, { method: undefined }, {}],
    [505, { httpVersion: '1.0' }, {}],
    [426, {}, { upgrade: 'h2c' }],
    [426, {}, { upgrade: undefined }],
    [426, {}, { 'sec-websocket-version': '8' }],
    [426, {}, { 'sec-websocket-version': undefined }],
    [400, {}, { 'sec-websocket-key': undefined }],
    [400, {}, { 'sec-websocket-key': 'short==' }],
    [400, {}, { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ' }],
  ])('is refused with %i: %o %o', (status, change, headers) => {
    expect(refused(change as Partial<UpgradeRequest>, headers)).toMatchObject({ status })
  })

  test('that is refused for its form says what would do', () => {
    expect(refused({ method: 'POST' })?.headers).toEqual({ Allow: 'GET' })
    expect(refused({}, { upgrade: 'h2c' })?.headers).toEqual({ Upgrade: 'websocket' })
    expect(refused({}, { 'sec-websocket-version': '8' })?.headers).toEqual({
      'Sec-WebSocket-Version': '13',
    })
  })

  test.each([
    [503, 'draining', { ...free, draining: true }],
    [503, 'connection limit', { ...free, connections: 10 }],
    [429, 'connection limit of this address', { ...free, fromAddress: 2 }],
  ])('is refused with %i for want of room: %s', (status, why, occupancy) => {
    const headers = { 'Retry-After': occupancy.draining ? '7' : '1' }
    expect(refusalOf(good, occupancy, limits, any)).toEqual({ status, why, headers })
  })

  test('comes in up to the last place, and without a limit for an address if there is none', () => {
    const last = { ...free, connections: 9, fromAddress: 1 }
    expect(refusalOf(good, last, limits, any)).toBeUndefined()
    const many = { ...free, fromAddress: 1_000 }
    expect(refusalOf(good, many, { ...limits, maxConnectionsPerAddress: 0 }, any)).toBeUndefined()
  })

  test('of another page’s is refused with 403; the check is given origin and host', () => {
    const headers = { ...good.headers, origin: 'https://evil.test' }
    const seen: unknown[] = []
    const origins = (...given: unknown[]) => {
      seen.push(given)
      return false
    }
    expect(refusalOf({ ...good, headers }, free, limits, origins)).toMatchObject({ status: 403 })
    expect(seen).toEqual([['https://evil.test', 'node.test']])
  })
})
