import { expect, test } from 'vitest'
import { parseTarget } from '../../src/redis/target.ts'

test('who logs in is written alike, whether one server is named or Sentinels are', () => {
  const login = { username: 'us@er', password: 'p:w/1' }
  expect(parseTarget('redis://us%40er:p%3Aw%2F1@h:1/2').options).toMatchObject({ ...login, db: 2 })
  expect(parseTarget('redis-sentinel://us%40er:p%3Aw%2F1@h:1/name/2').options).toMatchObject({
    ...login,
    db: 2,
  })
  expect(parseTarget('redis-sentinel://:p%3Aw%2F1@h/name').options).toEqual({
    db: 0,
    password: login.password,
  })
})

test('Sentinels are named by host and port, each an IPv6 address too', () => {
  expect(parseTarget('redis-sentinel://a,b:1,[::1]:2,[::2]/name').sentinels).toEqual({
    name: 'name',
    addresses: [
      { host: 'a', port: 26_379 },
      { host: 'b', port: 1 },
      { host: '::1', port: 2 },
      { host: '::2', port: 26_379 },
    ],
  })
})
