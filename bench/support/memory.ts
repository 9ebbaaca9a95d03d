// What Redis has in use, by its own account.

import { Redis } from 'ioredis'

export async function redisBytes(url: string): Promise<number> {
  const redis = new Redis(url)
  try {
    const info = await redis.info('memory')
    return Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? Number.NaN)
  } finally {
    redis.disconnect()
  }
}
