// Which Redis: what a URL says, as ioredis takes it.
//
//   redis://…             one server
//   redis-sentinel://…    the primary that Sentinels name; looked up anew for every connection
//   redis-cluster://…     several primaries: see seeds.ts

import { SluiceError } from '@sluice/core'
import type { RedisOptions } from 'ioredis'
import { parseAddress } from './cluster-map.ts'
import type { Address } from './sentinels.ts'

export interface Target {
  /** Without an address where Sentinels are asked for it. */
  readonly options: Omit<RedisOptions, 'replyMapping'>
  /** Who names the primary, and may name another at any time. */
  readonly sentinels: { readonly addresses: readonly Address[]; readonly name: string } | undefined
}

const sentinelForm = /^redis-sentinel:\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)\/([\w.-]+)(?:\/(\d+))?$/

/** Throws `option_invalid` for a URL that names no Redis. */
export function parseTarget(url: string): Target {
  const sentinel = sentinelForm.exec(url)
  if (sentinel !== null) {
    const [, username, password, hosts = '', name = '', db = '0'] = sentinel
    const addresses = hosts
      .split(',')
      .map((host) => parseAddress(/:\d+$/.test(host) ? host : `${host}:26379`))
    const login = password === undefined ? {} : { password: decodeURIComponent(password) }
    const user =
      username === undefined || username === '' ? {} : { username: decodeURIComponent(username) }
    return { options: { db: Number(db), ...login, ...user }, sentinels: { addresses, name } }
  }
  const parsed = URL.parse(url)
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    // The URL itself may hold a password.
    throw new SluiceError(
      'option_invalid',
      'redis: expected redis://, rediss://, redis-sentinel:// or redis-cluster://',
    )
  }
  const { hostname, port, username, password, pathname, protocol } = parsed
  return {
    options: {
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: port === '' ? 6_379 : Number(port),
      db: Number(pathname.slice(1)) || 0,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
    sentinels: undefined,
  }
}
