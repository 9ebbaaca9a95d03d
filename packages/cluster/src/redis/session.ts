// One connection to Redis at a time, for ever: it is lost, and another is made.
//
//   connecting ─▶ is it the primary? ─▶ scripts loaded ─▶ up ─▶ lost ─ full jitter ─▶ connecting
//
// With Sentinels, it is the primary only while they say so, whatever the server says of itself: one that was frozen until
// another was promoted answers what still lies in its socket. They are asked at every ping, and what was answered
// late is believed only when they have been asked since.
//
// ioredis' own ways to come back are all off: it would send commands again whose answers were lost (two deliveries), it may never settle
// a command (its issue 2193), and it can stay deaf while it says `ready`. Here every command settles: with its answer, or
// as `not_available` when its connection ends; and a connection that leaves one unanswered for too long ends.

import { createHash } from 'node:crypto'
import { type Clock, SluiceError } from '@sluice/core'
import { Redis } from 'ioredis'
import type { Answer, Argument, Commands, Script } from './commands.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import { newestOf, Sentinels } from './sentinels.ts'
import type { Target } from './target.ts'

export interface SessionHooks {
  /** A new connection, checked; `redis` is good until `lost`. */
  up: (redis: Redis) => void
  lost: (why: string) => void
}

interface Pending {
  since: number
  readonly fail: (why: string) => void
}

const retryMinMs = 50
const gatheredBytes = 16_384

export class Session implements Commands {
  readonly #target: Target
  readonly #options: ResolvedRedisBusOptions
  readonly #clock: Clock
  readonly #scripts: readonly Script[]
  readonly #hooks: SessionHooks
  readonly #digests = new Map<Script, string>()
  readonly #pending = new Set<Pending>()
  readonly #sentinels: Sentinels | undefined
  /** Under which the Sentinels named the server of this connection. */
  #epoch = 0
  /** Settles with whether it is still the primary, while that is in doubt. */
  #doubt: Promise<boolean> | undefined = undefined
  #redis: Redis | undefined = undefined
  #up = false
  #gathering = false
  #closed = false
  #attempts = 0
  #lookedAt = 0
  /** What had arrived by then. */
  #bytes = 0
  #cancel: () => void = () => {}
  /** When the last connection that was up ended; tries that failed since do not count. */
  downSince: number
  /** What the last ping took on the connection of now. */
  roundTripMs: number | undefined = undefined

  constructor(
    target: Target,
    options: ResolvedRedisBusOptions,
    scripts: readonly Script[],
    hooks: SessionHooks,
  ) {
    this.#target = target
    this.#options = options
    this.#clock = options.clock
    this.#scripts = scripts
    this.#hooks = hooks
    this.downSince = options.clock.now()
    const { clock, commandTimeoutMs } = options
    // An answer that waits for them must not look as if it had never come.
    const asked = { clock, timeoutMs: commandTimeoutMs / 2 }
    this.#sentinels = target.sentinels && new Sentinels({ ...target.sentinels, ...asked })
  }

  get up(): boolean {
    return this.#up
  }

  start(): void {
    this.#lookUp()
  }

  run(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly Argument[],
  ): Promise<Answer> {
    const digest = this.#digests.get(script)
    return this.track((redis) =>
      digest === undefined
        ? redis.callBuffer('EVAL', script.source, keys.length, ...keys, ...plain(args))
        : redis.callBuffer('EVALSHA', digest, keys.length, ...keys, ...plain(args)),
    )
  }

  call(command: string, key: string, ...args: readonly Argument[]): Promise<Answer> {
    return this.track((redis) => redis.call(command, key, ...plain(args)))
  }

  /** Does something with the connection of now; settles with it, or when the connection ends. */
  track<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = this.#redis
    if (!this.#up || redis === undefined) return Promise.reject(noLink('there is no link to Redis'))
    this.#gather(redis)
    return this.#follow(redis, work)
  }

  /** Ends this connection; another is made. */
  lose(why: string): void {
    const redis = this.#redis
    if (redis === undefined) return
    const was = this.#up
    this.#redis = undefined
    this.#doubt = undefined
    this.roundTripMs = undefined
    this.#up = false
    if (was) this.downSince = this.#clock.now()
    this.#cancel()
    redis.disconnect()
    // It only says goodbye, and hears on: a server that was replaced might still tell of what nobody else will ever have.
    redis.stream?.destroy()
    const pending = [...this.#pending]
    this.#pending.clear()
    for (const one of pending) one.fail(why)
    if (was) this.#hooks.lost(why)
    if (!this.#closed) this.#retry()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.#sentinels?.close()
    this.lose('closed')
  }

  /**
   * What a turn sends leaves in few writes: else each command is a system call, and wakes Redis for itself alone. A turn with much
   * to send does not keep all of it back, so that Redis works beside it.
   */
  #gather({ stream }: Redis): void {
    if (this.#gathering) {
      if (stream.writableLength < gatheredBytes) return
      stream.uncork()
      stream.cork()
      return
    }
    this.#gathering = true
    stream.cork()
    queueMicrotask(() => {
      this.#gathering = false
      stream.uncork()
    })
  }

  #lookUp(): void {
    if (this.#sentinels === undefined) {
      this.#connect(this.#target.options)
      return
    }
    void this.#sentinels.ask().then((sayings) => {
      if (this.#closed) return
      const newest = newestOf(sayings)
      if (newest === undefined) {
        this.#retry()
        return
      }
      const { host, port, epoch } = newest
      this.#epoch = epoch
      this.#connect({ ...this.#target.options, host, port })
    })
  }

  #connect(to: Target['options']): void {
    const { connectTimeoutMs } = this.#options
    const options = {
      ...to,
      lazyConnect: true,
      connectTimeout: connectTimeoutMs,
      retryStrategy: () => null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: null,
      protocol: 3 as const,
    } satisfies Target['options']
    const redis = new Redis(options)
    this.#redis = redis
    // Why it ended says `close`; without a listener an error would end the process.
    let why = 'the connection ended'
    redis.on('error', (error: Error) => (why = error.message))
    redis.on('end', () => this.#redis === redis && this.lose(why))
    this.#lookedAt = this.#clock.now()
    this.#cancel = this.#clock.after(connectTimeoutMs * 2, () => this.lose('no connection in time'))
    this.#open(redis).then(
      () => {
        if (this.#redis !== redis) return
        this.#up = true
        this.#attempts = 0
        this.#cancel()
        this.#look()
        this.#hooks.up(redis)
      },
      (error: unknown) => {
        if (this.#redis === redis) this.lose(error instanceof Error ? error.message : String(error))
      },
    )
  }

  async #open(redis: Redis): Promise<void> {
    await redis.connect()
    await this.#follow(redis, () => this.#checkRole(redis))
    if (!(await this.#isStillNamed())) throw noLink(demoted)
    for (const script of this.#scripts) {
      // oxlint-disable-next-line no-await-in-loop -- a few, once a connection
      await this.#follow(redis, () => redis.script('LOAD', script.source))
      this.#digests.set(script, createHash('sha1').update(script.source).digest('hex'))
    }
  }

  /** A replica takes PUBLISH, and gives it to nobody. */
  async #checkRole(redis: Redis): Promise<void> {
    const [role] = (await redis.call('ROLE')) as unknown[]
    if (String(role) !== 'master') throw noLink(`connected to a ${String(role)}, no primary`)
  }

  /** True unless a Sentinel knows of a newer primary. */
  async #isStillNamed(): Promise<boolean> {
    if (this.#sentinels === undefined) return true
    const epoch = this.#epoch
    const newest = newestOf(await this.#sentinels.ask())
    return newest === undefined || newest.epoch <= epoch
  }

  /** The same, asked once for all answers that wait for it. */
  #confirm(): Promise<boolean> {
    if (this.#doubt !== undefined) return this.#doubt
    const doubt = this.#isStillNamed()
    this.#doubt = doubt
    void doubt.then(() => {
      if (this.#doubt === doubt) this.#doubt = undefined
    })
    return doubt
  }

  #follow<T>(redis: Redis, work: (redis: Redis) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        since: this.#clock.now(),
        fail: (why) => reject(noLink(why)),
      }
      this.#pending.add(pending)
      work(redis).then(
        (value) => {
          if (!this.#isDoubtful(pending)) {
            if (this.#pending.delete(pending)) resolve(value)
            return
          }
          // It was answered: from here on it waits for the Sentinels.
          if (!this.#pending.delete(pending)) return
          this.#pending.add(pending)
          pending.since = this.#clock.now()
          void this.#confirm().then((still) => {
            if (!still && this.#redis === redis) this.lose(demoted)
            else if (this.#pending.delete(pending)) resolve(value)
          })
        },
        (error: unknown) => {
          if (!this.#pending.delete(pending)) return
          // What Redis answered is the caller's; what ioredis says itself is that the connection is no more.
          const text = error instanceof Error ? error.message : ''
          const answered = error instanceof Error && error.name === 'ReplyError'
          // Its arguments are what people wrote: no log is to have that.
          if (answered) Reflect.deleteProperty(error, 'command')
          reject(answered || error instanceof SluiceError ? error : noLink(text))
          if ((!answered || stale.test(text)) && this.#redis === redis) this.lose(text)
        },
      )
    })
  }

  /** A primary that was frozen for so long may have a successor; what follows such an answer is no better. */
  #isDoubtful({ since }: Pending): boolean {
    if (this.#sentinels === undefined) return false
    return this.#doubt !== undefined || this.#clock.now() - since > this.#options.pingMs / 2
  }

  /** Every pingMs: does it still answer, and is it the one? */
  #look(): void {
    const now = this.#clock.now()
    const { pingMs, commandTimeoutMs } = this.#options
    // After a stall of our own, answers may lie in the socket unread: they get another look's time.
    const stalled = now - this.#lookedAt > pingMs + commandTimeoutMs / 2
    this.#lookedAt = now
    // Nor is a connection dead on which a long answer is still arriving.
    const bytes = this.#redis?.stream.bytesRead ?? 0
    const arriving = bytes !== this.#bytes
    this.#bytes = bytes
    const [oldest] = this.#pending
    if (!stalled && !arriving && oldest !== undefined && now - oldest.since > commandTimeoutMs) {
      this.lose('no answer in time')
      return
    }
    this.track((redis) =>
      this.#sentinels ? this.#checkRole(redis) : redis.ping().then(() => undefined),
    ).then(
      () => {
        this.roundTripMs = this.#clock.now() - now
      },
      (error: unknown) => {
        if (error instanceof SluiceError && this.#up && !stale.test(error.message)) return
        this.lose(error instanceof Error ? error.message : 'the ping failed')
      },
    )
    const redis = this.#redis
    void this.#isStillNamed().then((still) => {
      if (!still && this.#redis === redis) this.lose(demoted)
    })
    this.#cancel = this.#clock.after(pingMs, () => this.#look())
  }

  #retry(): void {
    const { random, retryMaxMs } = this.#options
    const most = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(this.#attempts++, 16))
    this.#cancel = this.#clock.after(random() * most, () => this.#lookUp())
  }
}

const demoted = 'the Sentinels name another: no primary any more'
const stale = /READONLY|NOSCRIPT|LOADING|MASTERDOWN|CLUSTERDOWN|no primary/

function noLink(why: string): SluiceError {
  return new SluiceError('not_available', `Redis: ${why}`)
}

/** ioredis flattens arrays into further arguments: nothing but texts, numbers and bytes passes. */
function plain(args: readonly Argument[]): Argument[] {
  for (const arg of args) {
    if (typeof arg === 'string' || typeof arg === 'number' || Buffer.isBuffer(arg)) continue
    throw new SluiceError(
      'option_invalid',
      'an argument for Redis must be a text, a number or bytes',
    )
  }
  return args as Argument[]
}
