// A room: one actor per room and node. Its members are the connections on this node; the bus brings what is published
// anywhere. It opens with its first member and closes some time after the last one has left.
//
//   join ─▶ read the past if wanted (live messages are buffered) ─▶ answer, and in the same call a member
//   bus ─▶ deliver ─▶ fan-out ─▶ outlets
//   leave ─▶ no member, at once; presence and the leave message follow
//
// The answer and the first message may come in one turn: so the answer is written by the room, in order.

import type { ClientInfo, Delivery, HistoryResult, Position, Publication } from '@sluice/cluster'
import { type Behavior, isPromise, type Ref, type Self, stop } from '@sluice/core'
import {
  encodeJoin,
  encodeLeave,
  encodePublication,
  errors,
  type SubscribeResult,
} from '@sluice/protocol'
import type { Services } from '../services.ts'
import { leftEarly, notNow } from '../refusals.ts'
import type { RoomOptions } from '../room-options.ts'
import { startRoomBehavior, type RoomVoice } from '../extend/room-behavior.ts'
import { Singleton } from '../extend/singleton.ts'
import { Fanout } from './fanout.ts'
import { Live, type Moment } from './live.ts'
import type { Join, Joined, Member } from './member.ts'
import { Publishers } from './publishers.ts'
import { lastOffset, recover } from './recovery.ts'

export type RoomMessage =
  | { type: 'join'; join: Join }
  | { type: 'left'; member: Member }
  | { type: 'linger' }

/** How long a room without members stays: a client that reconnects finds it open. */
const lingerMs = 5_000
/** The same with a behaviour, whose state ends with it; also after an RPC. */
const behaviorLingerMs = 60_000

export class Room {
  readonly name: string
  readonly options: RoomOptions
  readonly services: Services
  readonly fanout: Fanout<Member>
  behavior: RoomVoice | undefined = undefined
  /** Absent until something was published. */
  publishers: Publishers | undefined = undefined
  /** The room's own actor; set by the directory at once. */
  ref!: Ref<RoomMessage>
  /** Joins that have no answer yet. */
  readonly joining: Set<Join> = new Set()
  /** Settles when the room takes calls, or never will. */
  readonly opened: Promise<void>
  #opened: () => void = () => {}
  delivered = 0
  #self: Self<RoomMessage> | undefined = undefined
  #closing = false
  /** Members that left, and of whom the others have not heard yet. */
  readonly #leaving = new Set<Member>()
  /** Since when nobody has been here or called. */
  #idleSince = 0
  #lingers = false
  readonly #live = new Live()
  /** Of the room's stream, as members were told. */
  #epoch = ''
  #offset = 0
  /** Changes when the past must be read anew, by whoever is reading it. */
  #era = 0

  constructor(name: string, options: RoomOptions, services: Services) {
    this.name = name
    this.options = options
    this.services = services
    this.fanout = new Fanout(services.writer, options.slow, services.counters, services.tracing)
    this.opened = new Promise((resolve) => {
      this.#opened = resolve
    })
  }

  /** Where its stream stood when a member or a message last told. */
  get position(): Position {
    return { offset: this.#offset, epoch: this.#epoch }
  }

  get members(): readonly Member[] {
    return this.fanout.receivers
  }

  // ── called by connections ──

  /** Asks to be let in; the answer comes within this turn or later. */
  join(join: Join): void {
    join.member.join = join
    this.joining.add(join)
    const sent = this.ref.tell({ type: 'join', join })
    if (sent !== 'accepted') {
      this.#answer(join, { ok: false, error: sent === 'dead' ? notNow : errors.tooManyRequests })
    }
  }

  /** Out, at once. */
  leave(member: Member): void {
    const { join } = member
    member.join = undefined
    if (join !== undefined) this.#answer(join, { ok: false, error: leftEarly })
    if (!this.fanout.leave(member)) return
    this.#leaving.add(member)
    if (this.#closing) this.farewell(member)
    else this.ref.signal({ type: 'left', member })
  }

  // ── called by the bus ──

  deliver(delivery: Delivery): void {
    switch (delivery.type) {
      case 'publication':
        this.#follow(delivery.epoch)
        this.#publication(delivery.publication)
        break
      case 'join':
        this.fanout.add(encodeJoin(this.name, delivery.info), keyOf(delivery.info))
        break
      case 'leave':
        this.fanout.add(encodeLeave(this.name, delivery.info), keyOf(delivery.info))
        break
      case 'gap':
        // Nobody may go on as if nothing were missing: subscribing again recovers, or says that it cannot.
        this.#era++
        this.#evict()
        break
    }
  }

  // ── the actor's own ──

  begin(self: Self<RoomMessage>): void {
    this.#self = self
    const { behavior, singleton } = this.options
    if (behavior !== undefined) {
      this.behavior = singleton
        ? new Singleton(this, self, behavior)
        : startRoomBehavior(this, self, behavior)
    }
    this.#linger()
    this.#opened()
  }

  letIn(join: Join): void {
    const { history } = this.options
    if (!this.joining.has(join)) return
    if (history === undefined) {
      this.#enter(join, undefined, [])
      return
    }
    const { wish } = join
    const query = wish.recover
      ? { since: { offset: wish.offset, epoch: wish.epoch } }
      : { limit: 0 }
    const since = this.#live.begin()
    const era = this.#era
    const past = this.services.bus.history(this.name, query, history)
    if (!isPromise(past)) {
      this.#read(join, past, since, era)
      return
    }
    // Joins do not wait for each other: after a reconnect wave a room reads many pasts at once.
    const held = this.#self?.hold('redis', 'history')
    past
      .then(
        (read) => this.#read(join, read, since, era),
        (error: unknown) => {
          this.#live.end(since)
          this.services.report('history', this.name, error)
          this.#answer(join, { ok: false, error: notNow })
        },
      )
      .catch((error: unknown) => this.services.report('history', this.name, error))
      .finally(() => held?.release())
  }

  /** After a member left: what others are told. */
  farewell(member: Member): void {
    if (!this.#leaving.delete(member)) return
    const { bus } = this.services
    const { info } = member
    this.#countMembers()
    if (this.options.presence)
      this.services.follow('presence', this.name, bus.removePresence(this.name, info.client))
    if (this.options.joinLeave)
      this.services.follow('leave', this.name, bus.announce(this.name, 'leave', info))
    this.behavior?.left(info)
    this.#linger()
  }

  /** True when nobody came or called for long enough; else it looks again. */
  isIdle(): boolean {
    const self = this.#self
    this.#lingers = false
    if (self === undefined || !this.#isEmpty) return false
    const left = this.#idleSince + this.#lingerMs - self.now
    if (left <= 0) return true
    this.#lingers = true
    self.after(left, { type: 'linger' })
    return false
  }

  /** Somebody calls the room's behaviour: it stays a while longer. */
  touch(): void {
    this.#linger()
  }

  /** The room is over; whoever is in it is told to come again. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    const voice = this.behavior
    this.behavior = undefined
    this.#opened()
    this.fanout.flush()
    for (const join of this.joining) this.#answer(join, { ok: false, error: notNow })
    // The actor took no more messages at its end.
    for (const member of this.#leaving) this.farewell(member)
    this.#evict()
    const { bus } = this.services
    // A room of the same name may have opened meanwhile: then the name is its own.
    const last = this.services.directory.forget(this)
    voice?.close(last)
    if (last) {
      bus.setMembers(this.name, 0)
      this.services.follow('unsubscribe', this.name, bus.unsubscribe(this.name))
    }
    this.services.events.emit({ name: 'room.closed', room: this.name })
  }

  /** A new epoch: the stream was lost, and with it every member's position. */
  #follow(epoch: string | undefined): void {
    if (epoch === undefined || epoch === this.#epoch) return
    const known = this.#epoch
    this.#epoch = epoch
    this.#offset = 0
    if (known === '') return
    this.#era++
    this.#evict()
  }

  /** Every member is out, and told to come again. */
  #evict(): void {
    for (const member of [...this.members]) {
      const { join } = member
      this.leave(member)
      join?.evicted(member)
    }
  }

  #publication(publication: Publication): void {
    const { now } = this.services.writer
    this.delivered++
    ;(this.publishers ??= new Publishers(now)).add(publication.info, now)
    // What the stream did not take has no place in the past.
    if (publication.offset !== undefined) {
      this.#offset = publication.offset
      this.#live.add(publication)
    }
    if (this.members.length === 0) return
    const { tags, traceparent } = publication
    this.fanout.add(encodePublication(this.name, publication), tags?.['key'] ?? '', traceparent)
  }

  /** The past is here. It is read anew when it is of another stream than what came live meanwhile, or that has a gap. */
  #read(join: Join, past: HistoryResult, since: Moment, era: number): void {
    const live = this.#live.end(since)
    if (!this.joining.has(join)) return
    const torn = live.length > 0 && this.#epoch !== '' && past.epoch !== this.#epoch
    if (torn || era !== this.#era) {
      this.letIn(join)
      return
    }
    this.#follow(past.epoch)
    this.#offset = Math.max(this.#offset, past.offset)
    this.#enter(join, past, live)
  }

  #enter(join: Join, past: HistoryResult | undefined, live: readonly Publication[]): void {
    const { member, wish } = join
    const result = past === undefined ? {} : this.#position(wish, past, live)
    if (result.wasRecovering && !result.recovered && wish.rejectUnrecovered) {
      this.#answer(join, { ok: false, error: errors.unrecoverablePosition })
      return
    }
    // Flushes what was gathered for the others, so nothing before the answer reaches the new member.
    this.fanout.enter(member)
    this.#answer(join, { ok: true, result })
    this.#welcome(member.info)
  }

  #position(
    wish: Join['wish'],
    past: HistoryResult,
    live: readonly Publication[],
  ): SubscribeResult {
    const { options } = this
    const result: SubscribeResult = {
      recoverable: wish.recoverable || wish.recover || options.recover,
      positioned: wish.positioned || wish.recover || options.position || options.recover,
      epoch: past.epoch,
      offset: lastOffset(past.offset, live),
    }
    if (!wish.recover) return result
    const { recovered, publications, offset } = recover(wish.offset, past, live)
    return { ...result, wasRecovering: true, recovered, publications, offset }
  }

  #welcome(info: ClientInfo): void {
    const { bus } = this.services
    this.#countMembers()
    if (this.options.presence)
      this.services.follow('presence', this.name, bus.addPresence(this.name, info))
    if (this.options.joinLeave)
      this.services.follow('join', this.name, bus.announce(this.name, 'join', info))
    this.behavior?.joined(info)
  }

  #answer(join: Join, joined: Joined): void {
    if (!this.joining.delete(join)) return
    join.answer(joined)
    if (!joined.ok) this.#linger()
  }

  /** Unless the name is another room's by now. */
  #countMembers(): void {
    const { bus, directory } = this.services
    const open = directory.get(this.name)
    if (open === undefined || open === this) bus.setMembers(this.name, this.members.length)
  }

  get #isEmpty(): boolean {
    const here = this.members.length + this.joining.size
    return here === 0 && this.behavior?.needed !== true
  }

  get #lingerMs(): number {
    return this.options.behavior === undefined ? lingerMs : behaviorLingerMs
  }

  /** One timer, however often the room falls empty or is called. */
  #linger(): void {
    const self = this.#self
    if (self === undefined || this.#closing || !this.#isEmpty) return
    this.#idleSince = self.now
    if (this.#lingers) return
    this.#lingers = true
    self.after(this.#lingerMs, { type: 'linger' })
  }
}

/** Who comes and goes replaces its own coming and going only, whatever keys publishers use. */
function keyOf(info: ClientInfo): string {
  return `\0${info.client}`
}

/** The actor around a room. */
export const roomBehavior: Behavior<RoomMessage, Room, Room> = {
  name: 'room',
  // A reconnect wave of a whole node may join one room within a turn.
  mailbox: { capacity: 131_072 },
  start(self, room) {
    room.services.events.emit({ name: 'room.opened', room: room.name })
    const done = room.services.bus.subscribe(room.name)
    if (!isPromise(done)) return opened(room, self)
    return self.wait('redis', 'subscribe', done).then(
      () => opened(room, self),
      (error: unknown) => {
        if (!self.context.ended) room.services.report('subscribe', room.name, error)
        throw error
      },
    )
  },
  receive(room, message) {
    switch (message.type) {
      case 'join':
        room.letIn(message.join)
        return
      case 'left':
        room.farewell(message.member)
        return
      case 'linger':
        if (!room.isIdle()) return
        room.services.directory.forget(room)
        return stop('empty')
    }
  },
  stop: (room) => room.close(),
  label: (room) => room.name,
  describe: (room) => ({ members: room.members.length, delivered: room.delivered }),
}

function opened(room: Room, self: Self<RoomMessage>): Room {
  room.begin(self)
  return room
}
