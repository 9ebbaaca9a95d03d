// One primary of Redis: two connections, what is subscribed to there, and the link's life.
//
//   commands up, pushes up ─▶ resyncing ─▶ subscribed, compared ─▶ the probe came back ─▶ up
//   either is lost ─▶ both are: a new primary must be asked by both
//
// A probe is a message to oneself through Redis, by way of a script on a key of this primary's: what answers pings may still
// refuse scripts, or deliver nothing, and that is seen by nothing else.

import { SluiceError } from '@sluice/core'
import type { Redis } from 'ioredis'
import type { LinkHealth } from '../bus.ts'
import type { Script, Slots } from './commands.ts'
import { packNode } from './envelope.ts'
import { isRedirect, type Layout } from './layout.ts'
import { Link } from './link.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import { Session } from './session.ts'
import { sayScript } from './stream-scripts.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Target } from './target.ts'

export interface ShardHooks {
  /** A message, of whatever channel. */
  received: (channel: string, bytes: Buffer) => void
  /** Compares the place of every room that is kept here, or of those in some slots; rejects when it cannot. */
  compare: (shard: Shard, slots?: Slots) => Promise<void>
  /** Commands can be sent again. */
  serves: (shard: Shard) => void
  /** A connection ended. */
  lost: (connection: 'commands' | 'pushes', why: string) => void
  /** After that: what was under way and waits is in doubt. */
  suspended: (shard: Shard) => void
  /** The link moved on. */
  changed: (shard: Shard) => void
  /** Redis ended or refused subscriptions: their slot is another's now. */
  ended: (shard: Shard) => void
  /** A channel that is kept here; the one of now, if it still is. */
  probe: (shard: Shard, now: string) => string
}

export class Shard {
  /** `host:port`; empty for the only one. */
  readonly address: string
  readonly commands: Session
  readonly subscriptions: Subscriptions
  readonly link: Link
  readonly #pushes: Session
  readonly #options: ResolvedRedisBusOptions
  readonly #layout: Layout
  readonly #hooks: ShardHooks
  /** The connection of the pushes. */
  #redis: Redis | undefined = undefined
  /** The probe's. */
  #channel = ''
  /** Slots that were taken over, and whose rooms are not compared yet. */
  readonly #due = new Set<number>()
  #heard: (() => void) | undefined = undefined
  #heardAt = 0
  #cancelProbe: () => void = () => {}
  #generation = 0
  /** When the link moved on. */
  #since: number
  #losses = 0

  constructor(
    address: string,
    target: Target,
    layout: Layout,
    options: ResolvedRedisBusOptions,
    scripts: readonly Script[],
    hooks: ShardHooks,
  ) {
    this.address = address
    this.#layout = layout
    this.#options = options
    this.#hooks = hooks
    this.commands = new Session(target, options, [...scripts, sayScript], {
      up: () => this.#connected(),
      lost: (why) => this.#lost('commands', why),
    })
    this.#pushes = new Session(target, options, [], {
      up: (redis) => {
        this.#redis = redis
        redis.on(layout.message, (channel: Buffer, bytes: Buffer) =>
          this.#received(channel.toString(), bytes),
        )
        redis.on('moved', () => hooks.ended(this))
        this.#connected()
      },
      lost: (why) => {
        this.#redis = undefined
        this.#lost('pushes', why)
      },
    })
    this.subscriptions = new Subscriptions(this.#pushes, layout, options.clock)
    this.#since = options.clock.now()
    this.link = new Link((state) => {
      this.#since = options.clock.now()
      if (state === 'down') this.#losses++
      hooks.changed(this)
    })
  }

  start(): void {
    this.commands.start()
    this.#pushes.start()
  }

  get up(): boolean {
    return this.link.state === 'up'
  }

  health(): LinkHealth {
    const { roundTripMs } = this.commands
    return {
      address: this.address,
      state: this.link.state,
      sinceMs: this.#options.clock.now() - this.#since,
      ...(roundTripMs !== undefined && { roundTripMs }),
      losses: this.#losses,
    }
  }

  /** Both connections are thrown away, and made anew. */
  lose(why: string): void {
    this.#pushes.lose(why)
  }

  /** Lets the channels of these slots go, which are another's now. */
  release(slots: Slots): string[] {
    for (const slot of this.#due) if (slots(slot)) this.#due.delete(slot)
    const released = this.subscriptions.release(slots)
    const own = released.indexOf(this.#channel)
    if (own < 0) return released
    this.#channel = ''
    return released.toSpliced(own, 1)
  }

  /** Takes channels over, and compares the rooms of their slots. Without a link, the next connection does both. */
  adopt(channels: readonly string[]): void {
    const generation = this.#generation
    for (const channel of channels) this.#due.add(this.#layout.slotOf(channel))
    this.#takeOver(channels).catch((error: unknown) => {
      if (generation !== this.#generation || !this.#pushes.up || !this.commands.up) return
      if (isRedirect(error)) this.#hooks.ended(this)
      else this.lose(wordsOf(error))
    })
  }

  /** Channels that Redis does not send us any more, although they are wanted from here. */
  missing(): string[] {
    return this.#redis === undefined ? [] : this.subscriptions.missing(this.#redis)
  }

  close(): void {
    this.#generation++
    this.#cancelProbe()
    this.link.send('closed')
    this.commands.close()
    this.#pushes.close()
  }

  async #takeOver(channels: readonly string[]): Promise<void> {
    await this.subscriptions.adopt(channels)
    if (this.#due.size === 0) return
    const slots = new Set(this.#due)
    await this.#hooks.compare(this, (slot) => slots.has(slot))
    for (const slot of slots) this.#due.delete(slot)
  }

  #received(channel: string, bytes: Buffer): void {
    this.#heardAt = this.#options.clock.now()
    if (channel === this.#channel) this.#heard?.()
    else this.#hooks.received(channel, bytes)
  }

  #connected(): void {
    if (this.commands.up) this.#hooks.serves(this)
    if (!this.commands.up || !this.#pushes.up) return
    this.link.send('connected')
    const generation = ++this.#generation
    this.#resync(generation).catch((error: unknown) => {
      if (generation === this.#generation) this.lose(wordsOf(error))
    })
  }

  async #resync(generation: number): Promise<void> {
    this.#aim().catch(() => {})
    await this.subscriptions.resync()
    if (generation !== this.#generation) return
    await this.#hooks.compare(this)
    if (generation !== this.#generation) return
    this.#due.clear()
    if (!(await this.#hears()))
      throw new SluiceError('not_available', 'the probe did not come back')
    if (generation !== this.#generation) return
    this.link.send('resynced')
    this.#watch()
  }

  #lost(connection: 'commands' | 'pushes', why: string): void {
    this.#generation++
    this.#cancelProbe()
    if (this.link.state === 'closed') return
    this.#hooks.lost(connection, this.address === '' ? why : `${this.address}: ${why}`)
    this.link.send('lost')
    this.#hooks.suspended(this)
    this.commands.lose(`the other connection ended: ${why}`)
    this.#pushes.lose(`the other connection ended: ${why}`)
  }

  /** After some silence, a probe; twice unheard means deaf. */
  #watch(): void {
    const { clock, probeMs } = this.#options
    const generation = this.#generation
    const later = (ms: number): void => {
      this.#cancelProbe = clock.after(ms, () => {
        const silentMs = clock.now() - this.#heardAt
        if (silentMs < probeMs) later(probeMs - silentMs)
        else void look()
      })
    }
    const look = async (): Promise<void> => {
      const heard = (await this.#hears()) || (await this.#hears())
      if (generation !== this.#generation) return
      if (heard) later(probeMs)
      else this.lose('deaf: the probe did not come back')
    }
    later(probeMs)
  }

  /** A probe's channel must be kept here, which another may be by now. */
  async #aim(): Promise<void> {
    const channel = this.#hooks.probe(this, this.#channel)
    if (channel === this.#channel) return
    this.subscriptions.forget(this.#channel)
    this.#channel = channel
    await this.subscriptions.want(channel)
  }

  /** True when a message to oneself comes back in time. */
  #hears(): Promise<boolean> {
    const { clock, commandTimeoutMs } = this.#options
    return new Promise((resolve) => {
      const end = (heard: boolean): void => {
        cancel()
        this.#heard = undefined
        resolve(heard)
      }
      const cancel = clock.after(commandTimeoutMs, () => end(false))
      this.#heard = () => end(true)
      const say = async (): Promise<void> => {
        await this.#aim()
        const frame = packNode(Buffer.alloc(0))
        await this.commands.run(sayScript, [this.#channel], [this.#layout.publish, frame])
      }
      say().catch(() => end(false))
    })
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
