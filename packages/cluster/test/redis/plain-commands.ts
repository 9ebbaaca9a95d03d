// Commands on a plain connection, so that the parts of the Redis bus can be tested without its sessions. Can be cut off from
// Redis and let through again, as by a network.

import { SluiceError } from '@sluice/core'
import { Redis } from 'ioredis'
import type { Answer, Argument, Commands, Script } from '../../src/redis/commands.ts'

export interface PlainCommands extends Commands {
  /** While true, every call fails with `not_available` and nothing reaches Redis. */
  cut: boolean
  /** Called before each script is sent; a promise holds it back. */
  before: (script: Script) => Promise<void> | void
  close(): void
}

export function createPlainCommands(port: number): PlainCommands {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 1 })
  const check = (commands: PlainCommands): void => {
    if (commands.cut) throw new SluiceError('not_available', 'cut off')
  }
  return {
    cut: false,
    before: () => {},
    async run(script, keys, args): Promise<Answer> {
      check(this)
      await this.before(script)
      check(this)
      return redis.callBuffer('EVAL', script.source, keys.length, ...keys, ...args)
    },
    async call(command: string, key: string, ...args: readonly Argument[]): Promise<Answer> {
      check(this)
      return redis.call(command, key, ...args)
    },
    close: () => redis.disconnect(),
  }
}
