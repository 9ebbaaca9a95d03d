// What reaches this node's rooms through Redis, and that nothing is missing from it.
//
//   socket ─▶ inbox ─▶ room: next in line? ─▶ host
//                        └ a hole ─▶ read from the stream, once per room ─▶ host      or told, as a gap
//   a new connection, a slot that moved ─▶ subscribed ─▶ compare every room's place

import { SluiceError } from '@sluice/core'
import type { Delivery, HistoryOptions, HistoryQuery, HistoryResult } from '../bus.ts'
import type { BusEvent } from '../events.ts'
import type { Channels, Slots } from './commands.ts'
import { type Frame, unpackFrame, unpackPublication } from './envelope.ts'
import { HeardRoom, type Place } from './heard-room.ts'
import { Inbox } from './inbox.ts'
import type { Keys } from './keys.ts'
import { Lines } from './lines.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import type { Found, Page, RedisStreams } from './streams.ts'
import { Verifier } from './verifier.ts'

const placesAtOnce = 64
const callsAtOnce = 16
const pageSize = 256
const reachMs = 50
const tickMs = 1_000

export class Engine {
  readonly #keys: Keys
  readonly #options: ResolvedRedisBusOptions
  readonly #deliver: (room: string, delivery: Delivery) => void
  readonly #streams: RedisStreams
  readonly #channels: Channels
  readonly #inbox: Inbox
  readonly #lines: Lines
  readonly #rooms = new Map<string, HeardRoom>()
  readonly #byChannel = new Map<string, HeardRoom>()
  readonly #raw = new Map<string, (bytes: Buffer) => void>()
  readonly #verifier: Verifier

  constructor(
    keys: Keys,
    options: ResolvedRedisBusOptions,
    channels: Channels,
    streams: RedisStreams,
    deliver: (room: string, delivery: Delivery) => void,
  ) {
    const { clock, maxQueueBytes } = options
    this.#keys = keys
    this.#options = options
    this.#channels = channels
    this.#deliver = deliver
    this.#streams = streams
    // Half of the bytes stay for rooms that wait for nothing.
    this.#lines = new Lines(maxQueueBytes / 2)
    this.#inbox = new Inbox(
      clock,
      () => maxQueueBytes - this.#lines.bytes,
      (channel, bytes, round) => this.#handle(channel, bytes, round),
    )
    this.#verifier = new Verifier(this.#rooms, streams, options, {
      stands: (room) => this.#stands(room),
      check: (room) => this.#check([room]),
      mend: (room) => this.#mend(room),
      settle: (room, found) => this.#settle(room, found),
    })
  }

  /** Rooms that are heard, the bus's own included. */
  get rooms(): number {
    return this.#rooms.size
  }

  /** Bytes that arrived and wait to be handled. */
  get bytes(): number {
    return this.#inbox.bytes + this.#lines.bytes
  }

  has(room: string): boolean {
    return this.#rooms.has(room)
  }

  start(): void {
    this.#verifier.start()
  }

  close(): void {
    this.#verifier.close()
    for (const room of this.#rooms.values()) {
      room.round++
      this.#lines.empty(room)
    }
    this.#inbox.clear()
    this.#rooms.clear()
    this.#byChannel.clear()
    this.#raw.clear()
  }

  /** Bytes from the socket. */
  received(channel: string, bytes: Buffer): void {
    this.#inbox.push(channel, bytes, this.#byChannel.get(channel)?.round ?? 0)
  }

  /** A channel whose bytes are not a room's. */
  listen(channel: string, handle: (bytes: Buffer) => void): void {
    this.#raw.set(channel, handle)
    this.#channels.want(channel).catch(() => {})
  }

  /** A room of the bus's own: subscribed to by every connection, whatever becomes of the first. */
  keep(name: string): void {
    this.#channels.want(this.#room(name, true).channel).catch(() => {})
  }

  async subscribe(name: string): Promise<void> {
    const room = this.#rooms.get(name) ?? this.#room(name)
    // Whoever asks meanwhile hears the same: a failure takes the room away from all of them.
    room.subscribing ??= this.#subscribe(room).finally(() => (room.subscribing = undefined))
    await room.subscribing
  }

  async #subscribe(room: HeardRoom): Promise<void> {
    try {
      // Once, unless what was begun is void by then.
      while (!room.checked && this.#stands(room)) {
        // oxlint-disable-next-line no-await-in-loop -- heard first, then compared
        await this.#channels.want(room.channel)
        // oxlint-disable-next-line no-await-in-loop
        if (!room.checked && this.#stands(room)) await this.#check([room])
      }
      // It was left before its slot could be asked, and dropped before it was wanted there.
      if (!this.#byChannel.has(room.channel)) await this.#channels.drop(room.channel)
    } catch (error) {
      // Never heard of: whoever asks again begins anew. What was heard before is subscribed to by the next connection.
      if (room.place === undefined && this.#stands(room)) {
        this.#forget(room)
        this.#channels.forget(room.channel)
      }
      throw error
    }
  }

  async unsubscribe(name: string): Promise<void> {
    const room = this.#rooms.get(name)
    if (room !== undefined) this.#forget(room)
    await this.#channels.drop(this.#keys.channel(name))
  }

  /** Compares the rooms of these slots, all of which are subscribed to; rejects when it cannot. */
  async compare(slots: Slots): Promise<void> {
    const rooms = [...this.#rooms.values()].filter((room) => !room.checked && slots(room.slot))
    let next = 0
    const work = async (): Promise<void> => {
      while (next < rooms.length) {
        const together = rooms.slice(next, (next += placesAtOnce))
        // oxlint-disable-next-line no-await-in-loop -- some at once, not all
        await this.#check(together).catch(() => this.#checkApart(together))
      }
    }
    await Promise.all(Array.from({ length: callsAtOnce }, work))
  }

  /** Connections are lost, or slots elsewhere: what waits in line is in the stream, or reaches the members now. */
  suspend(slots: Slots): void {
    for (const room of this.#rooms.values()) {
      if (!slots(room.slot)) continue
      room.round++
      room.checked = false
      room.mending = false
      for (const frame of this.#lines.empty(room))
        if (frame.kind === 'plain') this.#take(room, frame)
    }
  }

  /** Reads a stream. When it resolves, all up to its position has been delivered, and nothing of it comes later. */
  async history(
    name: string,
    query: HistoryQuery,
    options: HistoryOptions,
  ): Promise<HistoryResult> {
    const metaTtlMs = Math.max(this.#options.historyMetaTtlMs, options.ttlMs)
    const { epoch, top, complete, entries } = await this.#streams.read(name, query, metaTtlMs)
    const result: HistoryResult = {
      offset: top,
      epoch,
      publications: entries.flatMap(({ offset, item }) => {
        const publication = unpackPublication(item)
        return publication === undefined ? [] : [{ ...publication, offset }]
      }),
      complete,
    }
    const room = this.#rooms.get(name)
    if (room !== undefined) await this.#reach(room, result.epoch, top)
    return result
  }

  // ── what comes ──

  #handle(channel: string, bytes: Buffer, round: number): void {
    const room = this.#byChannel.get(channel)
    if (room === undefined) {
      this.#raw.get(channel)?.(bytes)
      return
    }
    const frame = unpackFrame(bytes)
    if (frame === undefined) this.#emit({ name: 'frame.invalid', channel })
    // From a server that may have been replaced since: the stream has what counts.
    else if (round !== room.round && frame.kind !== 'plain') return
    else if (room.held) this.#lines.push(room, frame, bytes.length)
    else this.#take(room, frame)
  }

  #take(room: HeardRoom, frame: Frame): void {
    const verdict = room.take(
      frame,
      (delivery) => {
        if (delivery.type === 'gap')
          this.#emit({ name: 'gap.told', room: room.name, messages: 0, why: 'rollback' })
        this.#deliver(room.name, delivery)
      },
      (messages) => this.#emit({ name: 'messages.lost', room: room.name, messages }),
    )
    if (verdict === 'bad') this.#emit({ name: 'frame.invalid', channel: room.channel })
    if (verdict === 'fork' && room.checked) this.#verifier.contradict(room)
    if (verdict !== 'hole' || !room.checked) return
    room.line.unshift({ frame, bytes: 0 })
    if (room.place?.epoch === '' && frame.kind === 'durable') room.place.epoch = frame.epoch
    void this.#mend(room)
  }

  /** What waited, until something is to be waited for again. */
  #advance(room: HeardRoom): void {
    while (!room.held && room.line.length > 0) this.#take(room, this.#lines.shift(room)!)
    room.reached()
  }

  // ── comparing and mending ──

  /** Compares places with the streams; what is missing is mended before this resolves. */
  async #check(rooms: readonly HeardRoom[]): Promise<void> {
    const asked = rooms.map(({ place, round }) => ({ place, round }))
    const found = await this.#streams.find(rooms)
    await Promise.all(
      rooms.map(async (room, i) => {
        const { place, round } = asked[i]!
        // What was heard meanwhile is newer than what was found.
        if (!this.#stands(room) || room.round !== round || room.place !== place) return
        await this.#settle(room, found[i]!)
      }),
    )
  }

  /** One that cannot be compared, as its slot is on its way, holds up no other: it waits in doubt. */
  async #checkApart(rooms: readonly HeardRoom[]): Promise<void> {
    await Promise.all(
      rooms.map(async (room) => {
        try {
          await this.#check([room])
        } catch (error) {
          if (!this.#channels.reaches(room.slot)) throw error
          this.#verifier.doubt(room)
        }
      }),
    )
  }

  async #settle(room: HeardRoom, { epoch, offset, mark, same }: Found): Promise<void> {
    const { place } = room
    room.checked = true
    if (place === undefined) room.place = { epoch, offset, mark }
    else if (place.epoch === '') {
      room.place = { epoch, offset: 0, mark: '' }
      if (offset > 0) await this.#mend(room)
    } else if (epoch !== place.epoch) {
      this.#startAnew(room, epoch, offset)
      if (room.own && offset > 0) await this.#mend(room)
    } else if (offset < place.offset || !same) await this.#rollBack(room, place)
    else if (offset > place.offset) await this.#mend(room)
    this.#advance(room)
  }

  /** Redis lost what it had acknowledged: everybody starts anew, since offsets will come twice. */
  async #rollBack(room: HeardRoom, place: Place): Promise<void> {
    const { name } = room
    const epoch = await this.#streams.rotate(name, place.epoch)
    if (this.#stands(room) && room.place?.epoch === place.epoch)
      this.#tell(room, { epoch, offset: 0, mark: '' }, 'rollback')
  }

  /** Reads what is missing and delivers it; one reader per room. */
  async #mend(room: HeardRoom): Promise<void> {
    if (room.mending) return
    room.mending = true
    const { round } = room
    let repaired = 0
    try {
      for (let more = true; more;) {
        // oxlint-disable-next-line no-await-in-loop -- page by page
        const page = await this.#streams.read(
          room.name,
          { since: room.place!, limit: pageSize, mark: room.place!.mark },
          this.#options.historyMetaTtlMs,
        )
        if (round !== room.round || !this.#stands(room)) return
        const delivered = this.#repair(room, page)
        repaired += delivered
        more = delivered === pageSize
      }
    } catch {
      // The next connection compares all places anew; until then, or until a later try, the room's line waits.
      if (round !== room.round) return
      await new Promise<void>((resolve) => this.#options.clock.after(tickMs, resolve))
    } finally {
      if (repaired > 0) this.#emit({ name: 'gap.repaired', room: room.name, messages: repaired })
      if (round === room.round) {
        room.mending = false
        this.#advance(room)
      }
    }
  }

  /** Delivers a page; returns how many publications it had. */
  #repair(room: HeardRoom, { epoch, top, complete, forked, entries }: Page): number {
    const place = room.place!
    if (epoch !== place.epoch) {
      this.#startAnew(room, epoch, top)
      return 0
    }
    if (forked || !complete) {
      if (forked || top < place.offset) void this.#rollBack(room, place).catch(() => {})
      else this.#tell(room, { epoch, offset: top, mark: '' }, 'trimmed')
      return 0
    }
    for (const entry of entries) this.#take(room, { kind: 'durable', epoch, before: '', ...entry })
    return entries.length
  }

  /** Another stream: members start anew from where it stands, the bus itself from its beginning. */
  #startAnew(room: HeardRoom, epoch: string, top: number): void {
    this.#tell(room, { epoch, offset: room.own ? 0 : top, mark: '' }, 'epoch')
  }

  #tell(room: HeardRoom, place: Place, why: 'trimmed' | 'epoch' | 'rollback'): void {
    const messages = why === 'trimmed' ? place.offset - (room.place?.offset ?? 0) : 0
    room.move(place)
    this.#emit({ name: 'gap.told', room: room.name, messages, why })
    const { epoch, offset } = place
    this.#deliver(room.name, { type: 'gap', position: { epoch, offset } })
    room.reached()
  }

  /** Waits until the room has heard this much; reads it from the stream when it does not come by itself. */
  #reach(room: HeardRoom, epoch: string, offset: number): Promise<void> {
    if (room.place?.epoch === '' && offset === 0) room.place.epoch = epoch
    if (room.place?.epoch === epoch && room.place.offset >= offset) return Promise.resolve()
    const { clock, commandTimeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      const started = clock.now()
      const look = (): void => {
        if (!this.#stands(room)) done()
        else if (clock.now() - started > commandTimeoutMs) {
          room.reaching = room.reaching.filter((one) => one !== wish)
          reject(new SluiceError('not_available', `${room.name}: its messages do not arrive`))
        } else {
          cancel = clock.after(reachMs, look)
          if (!room.held) this.#check([room]).catch(() => {})
        }
      }
      const done = (): void => {
        cancel()
        resolve()
      }
      const wish = { epoch, offset, resolve: done }
      let cancel = clock.after(reachMs, look)
      room.reaching.push(wish)
    })
  }

  /** True while nobody has left the room, nor left and come back. */
  #stands(room: HeardRoom): boolean {
    return this.#rooms.get(room.name) === room
  }

  #room(name: string, own = false): HeardRoom {
    const channel = this.#keys.channel(name)
    const room = new HeardRoom(name, channel, this.#channels.slotOf(channel), own)
    this.#rooms.set(name, room)
    this.#byChannel.set(channel, room)
    return room
  }

  #forget(room: HeardRoom): void {
    this.#rooms.delete(room.name)
    this.#byChannel.delete(room.channel)
    this.#lines.empty(room)
    for (const { resolve } of room.reaching.splice(0)) resolve()
  }

  #emit(event: BusEvent): void {
    this.#options.events?.emit(event)
  }
}
