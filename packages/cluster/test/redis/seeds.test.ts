import { expect, test } from 'vitest'
import { parseSeeds } from '../../src/redis/seeds.ts'

test('a cluster is named by some of its nodes, with one user for all', () => {
  const seeds = parseSeeds('redis-cluster://ada:s%40crets@10.0.0.1:7001,example.com,[::1]:7003')
  expect(seeds?.addresses).toEqual(['10.0.0.1:7001', 'example.com:6379', '[::1]:7003'])
  const login = { username: 'ada', password: 's@crets' }
  expect(seeds?.targetOf('10.0.0.2:7002').options).toEqual({
    ...login,
    host: '10.0.0.2',
    port: 7002,
    db: 0,
  })
  expect(seeds?.targetOf('::1:7003').options).toMatchObject({ host: '::1', port: 7003 })
})

test('TLS is spoken with every node, or with none', () => {
  const options = (url: string): unknown => parseSeeds(url)?.targetOf('b:1').options
  expect(options('rediss-cluster://a:1')).toHaveProperty('tls')
  expect(options('redis-cluster://a:1')).not.toHaveProperty('tls')
})

test('one server and Sentinels are no cluster', () => {
  for (const url of [
    'redis://a:1',
    'rediss://a:1',
    'redis-sentinel://a:1,b:2/name',
    'redis-cluster:a',
  ])
    expect(parseSeeds(url)).toBeUndefined()
})
