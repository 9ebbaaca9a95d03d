// Both connections to Redis and what they carry, with the link's life.
//
//   commands up, pushes up ─▶ resyncing ─▶ subscribed, compared ─▶ the probe came back ─▶ up
//   either is lost ─▶ both are: a new primary must be asked by both
//
// A probe is a message to oneself through Redis. A connection that answers pings and delivers nothing is deaf: that is seen by
// nothing else.

import { SluiceError } from '@sluice/core'
import type { Delivery, LinkState } from '../bus.ts'
import type { Script } from './commands.ts'
import { Engine } from './engine.ts'
import { packNode } from './envelope.ts'
import type { Keys } from './keys.ts'
import { Link } from './link.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import { Session } from './session.ts'
import { RedisStreams } from './streams.ts'
import { parseTarget } from './target.ts'

export interface WireHooks {
  deliver: (room: string, delivery: Delivery) => void
  /** The link moved on. */
  changed: (state: LinkState) => void
}

export class Wire {
  readonly commands: Session
  readonly streams: RedisStreams
  readonly engine: Engine
  readonly outbox: Outbox
  readonly link: Link
  readonly #pushes: Session
  readonly #options: ResolvedRedisBusOptions
  readonly #probeChannel: string
  readonly #hooks: WireHooks
  #probe: (() => void) | undefined = undefined
  #cancelProbe: () => void = () => {}
  #generation = 0

  constructor(
    options: ResolvedRedisBusOptions,
    keys: Keys,
    sender: string,
    scripts: readonly Script[],
    hooks: WireHooks,
  ) {
    const target = parseTarget(options.url)
    const { random } = options
    const epoch = (): string => Math.floor(random() * 2 ** 40).toString(36)
    this.#options = options
    this.#hooks = hooks
    this.#probeChannel = keys.channel(`\0probe:${sender}`)
    this.commands = new Session(target, options, scripts, {
      up: () => this.#connected(),
      lost: (why) => this.#lost('commands', why),
    })
    this.#pushes = new Session(target, options, [], {
      up: (redis) => {
        redis.on('messageBuffer', (channel: Buffer, bytes: Buffer) =>
          this.engine.received(channel.toString(), bytes),
        )
        this.#connected()
      },
      lost: (why) => this.#lost('pushes', why),
    })
    this.streams = new RedisStreams(this.commands, keys, epoch)
    this.engine = new Engine(keys, options, this.#pushes, this.streams, hooks.deliver)
    this.outbox = new Outbox(this.commands, keys, options, sender, epoch, (room, delivery) =>
      this.#alone(room, delivery),
    )
    this.link = new Link((state) => {
      options.events?.emit({ name: 'link.changed', state })
      hooks.changed(state)
    })
    this.engine.listen(this.#probeChannel, () => this.#probe?.())
  }

  start(): void {
    this.engine.start()
    this.commands.start()
    this.#pushes.start()
  }

  get up(): boolean {
    return this.link.state === 'up'
  }

  /** A message for everybody in a room, at most once; without a link, for those here. */
  send(room: string, delivery: Delivery): void {
    if (this.up) this.outbox.plain(room, delivery)
    else this.#alone(room, delivery)
  }

  /** Fails at once when Redis has been gone for a while: who waits then waits for nothing. */
  checkLink(): void {
    const { clock, commandTimeoutMs } = this.#options
    if (this.commands.up || clock.now() - this.commands.downSince <= commandTimeoutMs) return
    throw new SluiceError('not_available', 'Redis: there is no link')
  }

  close(): void {
    this.#generation++
    this.#cancelProbe()
    this.link.send('closed')
    this.outbox.close()
    this.engine.close()
    this.commands.close()
    this.#pushes.close()
  }

  #alone(room: string, delivery: Delivery): void {
    if (this.engine.has(room)) this.#hooks.deliver(room, delivery)
  }

  #connected(): void {
    if (this.commands.up) this.outbox.resume()
    if (!this.commands.up || !this.#pushes.up) return
    this.link.send('connected')
    const generation = ++this.#generation
    this.#resync(generation).catch((error: unknown) => {
      if (generation !== this.#generation) return
      this.#pushes.lose(error instanceof Error ? error.message : String(error))
    })
  }

  async #resync(generation: number): Promise<void> {
    if (!(await this.engine.resync()) || generation !== this.#generation) return
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
    this.#options.events?.emit({ name: 'link.lost', connection, why })
    this.link.send('lost')
    this.engine.suspend()
    this.outbox.suspend()
    this.commands.lose(`the other connection ended: ${why}`)
    this.#pushes.lose(`the other connection ended: ${why}`)
  }

  /** After some silence, a probe; twice unheard means deaf. */
  #watch(): void {
    const { clock, probeMs } = this.#options
    const generation = this.#generation
    const later = (): void => {
      this.#cancelProbe = clock.after(probeMs, () => {
        if (clock.now() - this.engine.heardAt < probeMs) later()
        else void look()
      })
    }
    const look = async (): Promise<void> => {
      const heard = (await this.#hears()) || (await this.#hears())
      if (generation !== this.#generation) return
      if (heard) later()
      else this.#pushes.lose('deaf: the probe did not come back')
    }
    later()
  }

  /** True when a message to oneself comes back in time. */
  #hears(): Promise<boolean> {
    const { clock, commandTimeoutMs } = this.#options
    return new Promise((resolve) => {
      const end = (heard: boolean): void => {
        cancel()
        this.#probe = undefined
        resolve(heard)
      }
      const cancel = clock.after(commandTimeoutMs, () => end(false))
      this.#probe = () => end(true)
      const frame = packNode(Buffer.alloc(0))
      this.commands.call('PUBLISH', this.#probeChannel, frame).catch(() => end(false))
    })
  }
}
