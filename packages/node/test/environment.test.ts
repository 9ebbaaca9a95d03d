import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../src/environment.ts'

function values(environment: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    [...readEnvironment(environment).values].map(([key, { value }]) => [key, value]),
  )
}

function warnings(environment: Record<string, string>): string[] {
  return readEnvironment(environment).warnings.map(({ key, message }) => `${key}: ${message}`)
}

describe('the environment', () => {
  test('sets what its variables name', () => {
    const environment = {
      SLUICE_NODE_NAME: 'n1',
      SLUICE_HOST: '0.0.0.0',
      SLUICE_PORT: '9000',
      SLUICE_ADMIN_HOST: '::1',
      SLUICE_ADMIN_PORT: '9001',
      SLUICE_ADMIN_TOKEN: 't',
      SLUICE_API_KEY: '12345',
      SLUICE_TOKEN_SECRET: 's',
      SLUICE_REDIS_URL: 'redis://r',
      HOME: '/root',
    }
    expect(values(environment)).toEqual({
      name: 'n1',
      host: '0.0.0.0',
      port: 9000,
      adminHost: '::1',
      adminPort: 9001,
      adminToken: 't',
      apiKey: '12345',
      tokenSecret: 's',
      redis: 'redis://r',
    })
    expect(warnings(environment)).toEqual([])
  })

  test('remembers under which name each was set', () => {
    expect(readEnvironment({ SLUICE_PORT: 'x' }).values.get('port')).toEqual({
      source: 'SLUICE_PORT',
      value: 'x',
    })
  })

  test('names the file', () => {
    expect(readEnvironment({ SLUICE_CONFIG: 'a.json' }).config).toBe('a.json')
    expect(readEnvironment({}).config).toBeUndefined()
  })

  test('sets nothing by an empty variable, as compose files write the absent', () => {
    expect(values({ SLUICE_PORT: '', SLUICE_TOKEN_SECRET: '' })).toEqual({})
    expect(readEnvironment({ SLUICE_CONFIG: '' }).config).toBeUndefined()
  })

  test.each([
    ['SLUICE_PROT', 'SLUICE_PROT: unknown variable, did you mean SLUICE_PORT?'],
    ['SLUICE_REDIS', 'SLUICE_REDIS: unknown variable'],
    [
      'SLUICE_TOKENSECRET',
      'SLUICE_TOKENSECRET: unknown variable, did you mean SLUICE_TOKEN_SECRET?',
    ],
    ['SLUICE_CONFG', 'SLUICE_CONFG: unknown variable, did you mean SLUICE_CONFIG?'],
  ])('warns of %s and never shows what it holds', (name, told) => {
    expect(warnings({ [name]: 'canary' })).toEqual([told])
  })

  test('ignores what Kubernetes sets for a service called sluice', () => {
    const environment = {
      SLUICE_SERVICE_HOST: '10.0.0.1',
      SLUICE_SERVICE_PORT: '8000',
      SLUICE_SERVICE_PORT_CLIENTS: '8000',
      SLUICE_PORT: 'tcp://10.0.0.1:8000',
      SLUICE_PORT_8000_TCP: 'tcp://10.0.0.1:8000',
      SLUICE_PORT_8000_TCP_PROTO: 'tcp',
      SLUICE_PORT_8000_TCP_PORT: '8000',
      SLUICE_PORT_8000_TCP_ADDR: '10.0.0.1',
      SLUICE_REDIS_SERVICE_HOST: '10.0.0.2',
      SLUICE_REDIS_PORT: 'tcp://10.0.0.2:6379',
      SLUICE_ADMIN_PORT: '9001',
    }
    expect(values(environment)).toEqual({ adminPort: 9001 })
    expect(warnings(environment)).toEqual([
      expect.stringMatching(/^SLUICE_PORT, .*: ignored: set by Kubernetes/),
    ])
  })
})
