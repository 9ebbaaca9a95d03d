import { describe, expect, test } from 'vitest'
import { createGate } from '../../src/http/api-gate.ts'

const closed = { apiKey: 'key', insecure: false, origins: [], host: '127.0.0.1' }
const { apiKey: _key, ...withoutKey } = closed
const open = { ...withoutKey, insecure: true }

const unauthorized = { status: 401, error: { code: 101 } }

describe('the server API', () => {
  test('opens to its key, whole', () => {
    const gate = createGate(closed)
    expect(gate({ 'x-api-key': 'key' })).toBeUndefined()
    for (const given of ['', 'ke', 'keyy', 'KEY', 'key, key']) {
      expect(gate({ 'x-api-key': given })).toMatchObject(unauthorized)
    }
    expect(gate({})).toMatchObject(unauthorized)
    expect(gate({ 'x-api-key': ['key'] })).toMatchObject(unauthorized)
  })

  test('opens to nobody without a key', () => {
    const gate = createGate(withoutKey)
    expect(gate({})).toMatchObject(unauthorized)
    expect(gate({ 'x-api-key': '' })).toMatchObject(unauthorized)
    expect(gate({ 'x-api-key': 'undefined' })).toMatchObject(unauthorized)
  })

  test('in insecure mode opens to programs and own pages, not to pages of others', () => {
    const gate = createGate(open)
    expect(gate({ host: 'localhost:8000' })).toBeUndefined()
    expect(gate({ host: 'localhost:8000', origin: 'http://localhost:8000' })).toBeUndefined()
    expect(gate({ host: 'localhost:8000', origin: 'https://evil.example' })).toMatchObject({
      status: 403,
      error: { code: 103, message: 'permission denied: origin not allowed' },
    })
    expect(gate({ host: 'localhost:8000', origin: 'null' })).toMatchObject({ status: 403 })
  })

  test('in insecure mode on loopback is not found under a name that somebody pointed there', () => {
    const rebound = { host: 'evil.example:8000', origin: 'http://evil.example:8000' }
    expect(createGate(open)(rebound)).toMatchObject({ status: 403, error: { code: 103 } })
    expect(createGate({ ...open, origins: ['*'] })(rebound)).toMatchObject({ status: 403 })
    expect(createGate({ ...open, host: '0.0.0.0' })(rebound)).toBeUndefined()
  })
})
