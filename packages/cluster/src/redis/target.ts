// Which Redis: what a URL says, as ioredis takes it.
//
//   redis://…             one server
//   redis-sentinel://…    the primary that Sentinels name; looked up anew for every connection

import { SluiceError } from '@sluice/core'
import type { RedisOptions } from 'ioredis'

export interface Target {
  readonly options: Omit<RedisOptions, 'replyMapping'>
  /** A primary that may be demoted: its role is looked at again and again. */
  readonly watchRole: boolean
}

const sentinelForm = /^redis-sentinel:\/\/(?:([^:@/]*):([^@/]*)@)?([^/]+)\/([\w.-]+)(?:\/(\d+))?$/

/** Throws `option_invalid` for a URL that names no Redis. */
export function parseTarget(url: string): Target {
  const sentinel = sentinelForm.exec(url)
  if (sentinel !== null) {
    const [, username, password, hosts = '', name = '', db = '0'] = sentinel
    const sentinels = hosts.split(',').map((host) => {
      const [at, port = '26379'] = host.split(':')
      return { host: at ?? '', port: Number(port) }
    })
    const login = password === undefined ? {} : { password: decodeURIComponent(password) }
    const user = username === undefined || username === '' ? {} : { username }
    return { options: { sentinels, name, db: Number(db), ...login, ...user }, watchRole: true }
  }
  const parsed = URL.parse(url)
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    // The URL itself may hold a password.
    throw new SluiceError(
      'option_invalid',
      'redis: expected redis://, rediss:// or redis-sentinel://',
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
    watchRole: false,
  }
}
