// A room: one actor per room and node. Its members are the connections on this node; the bus brings what is published
// anywhere. It opens with its first member and closes some time after the last one has left.
//
//   join ─▶ read the past if wanted (live messages are buffered) ─▶ answer, and in the same call a member
//   bus ─▶ deliver ─▶ fan-out ─▶ outlets
//   leave ─▶ no member, at once; presence and the leave message follow
//
// The answer and the first message may come in one turn: so the answer is written by the room, in order.

import type { ClientInfo, Delivery, HistoryResult, Publication } from '@sluice/cluster'
import { type Behavior, isPromise, type Ref, type Self, stop } from '@sluice/core'
import {
  encodeJoin,
  encodeLeave,
  encodePublication,
  errors,
  type SubscribeResult,
} from '@sluice/protocol'
import type { Services } from '../services.ts'
import type { RoomOptions } from '../room-options.ts'
import { startRoomBehavior, type RoomBehavior } from '../extend/room-behavior.ts'
import { Fanout } from './fanout.ts'
import type { Join, Member } from './member.ts'
import { lastOffset, recover } from './recovery.ts'

export type RoomMessage =
  | { type: 'join'; join: Join }
  | { type: 'left'; member: Member }
  | { type: 'linger'; since: number }

/** How long a room without members stays: a client that reconnects finds it open. */
const lingerMs = 5_000
/** The same with a behaviour, whose state ends with it; also after an RPC. */
const behaviorLingerMs = 60_000

export class Room {
  readonly name: string
  readonly options: RoomOptions
  readonly services: Services
  readonly fanout: Fanout<Member>
  behavior: RoomBehavior | undefined = undefined
  /** The room's own actor; set by the directory at once. */
  ref!: Ref<RoomMessage>
  readonly evictions: Map<Member, (member: Member) => void> = new Map()
  /** Joins that have no answer yet. */
  readonly joining: Set<Join> = new Set()
  /** Settles when the room takes calls, or never will. */
  readonly opened: Promise<void>
  #opened: () => void = () => {}
  delivered = 0
  emptySince = 0
  #self: Self<RoomMessage> | undefined = undefined
  #closing = false
  /** Of the room's stream, as members were told. */
  #epoch = ''

  constructor(name: string, options: RoomOptions, services: Services) {
    this.name = name
    this.options = options
    this.services = services
    this.fanout = new Fanout(services.writer, options.slow, services.counters)
    this.opened = new Promise((resolve) => {
      this.#opened = resolve
    })
  }

  get members(): readonly Member[] {
    return this.fanout.receivers
  }

  // ── called by connections ──

  /** Asks to be let in; the answer comes within this turn or later. */
  join(join: Join): void {
    this.joining.add(join)
    const sent = this.ref.tell({ type: 'join', join })
    if (sent !== 'accepted') this.#answer(join, { ok: false, error: errors.tooManyRequests })
  }

  /** Out, at once. */
  leave(member: Member): void {
    member.gone = true
    member.buffered = undefined
    this.evictions.delete(member)
    if (!this.fanout.leave(member)) return
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
        this.fanout.add(encodeJoin(this.name, delivery.info), '')
        break
      case 'leave':
        this.fanout.add(encodeLeave(this.name, delivery.info), '')
        break
      case 'gap':
        // Nobody may go on as if nothing were missing: subscribing again recovers, or says that it cannot.
        this.#evict()
        break
    }
  }

  // ── the actor's own ──

  begin(self: Self<RoomMessage>): void {
    this.#self = self
    this.#linger()
    if (this.options.behavior !== undefined)
      this.behavior = startRoomBehavior(this, self, this.options.behavior)
    this.#opened()
  }

  letIn(join: Join): void {
    const { history } = this.options
    const { wish, member } = join
    if (member.gone) {
      this.joining.delete(join)
      return
    }
    if (history === undefined) {
      this.#enter(join, undefined)
      return
    }
    member.buffered = []
    const query = wish.recover
      ? { since: { offset: wish.offset, epoch: wish.epoch } }
      : { limit: 0 }
    const past = this.services.bus.history(this.name, query, history)
    if (!isPromise(past)) {
      this.#enter(join, past)
      return
    }
    // Joins do not wait for each other: after a reconnect wave a room reads many pasts at once.
    const held = this.#self?.hold('redis', 'history')
    past
      .then(
        (read) => this.#enter(join, read),
        (error: unknown) => {
          this.services.report('history', this.name, error)
          this.#answer(join, { ok: false, error: errors.notAvailable })
        },
      )
      .finally(() => held?.release())
  }

  /** After a member left: what others are told. */
  farewell(member: Member): void {
    const { bus } = this.services
    const { info } = member
    bus.setMembers(this.name, this.members.length)
    if (this.options.presence)
      this.services.follow('presence', this.name, bus.removePresence(this.name, info.client))
    if (this.options.joinLeave)
      this.services.follow('leave', this.name, bus.announce(this.name, 'leave', info))
    this.behavior?.left(info)
    this.#linger()
  }

  /** True when nobody came or called since `since`. */
  isIdle(since: number): boolean {
    return this.members.length === 0 && this.joining.size === 0 && this.emptySince === since
  }

  /** Somebody calls the room's behaviour: it stays a while longer. */
  touch(): void {
    this.#linger()
  }

  /** The room ends though it has members: they are told to come again. */
  close(): void {
    this.#closing = true
    this.behavior = undefined
    this.#opened()
    this.fanout.flush()
    for (const join of this.joining) join.answer({ ok: false, error: errors.internal })
    this.joining.clear()
    this.#evict()
    const { bus } = this.services
    // A room of the same name may have opened meanwhile: then the name is its own.
    if (this.services.directory.forget(this)) {
      bus.setMembers(this.name, 0)
      this.services.follow('unsubscribe', this.name, bus.unsubscribe(this.name))
    }
    this.services.events.emit({ name: 'room.closed', room: this.name })
  }

  /** A new epoch: the stream was lost, and with it every member's position. */
  #follow(epoch: string | undefined): void {
    if (epoch === undefined || epoch === this.#epoch) return
    if (this.#epoch !== '') this.#evict()
    this.#epoch = epoch
  }

  /** Every member is out, and told to come again. */
  #evict(): void {
    for (const [member, evicted] of [...this.evictions]) {
      this.leave(member)
      evicted(member)
    }
  }

  #publication(publication: Publication): void {
    this.delivered++
    for (const { member } of this.joining) member.buffered?.push(publication)
    if (this.members.length === 0) return
    this.fanout.add(encodePublication(this.name, publication), publication.tags?.['key'] ?? '')
  }

  #enter(join: Join, past: HistoryResult | undefined): void {
    const { member, wish } = join
    const live = member.buffered ?? []
    this.#follow(past?.epoch)
    member.buffered = undefined
    if (member.gone || !this.ref.alive) {
      this.#answer(join, { ok: false, error: errors.internal })
      return
    }
    const result = past === undefined ? {} : this.#position(wish, past, live)
    if (result.wasRecovering && !result.recovered && wish.rejectUnrecovered) {
      this.#answer(join, { ok: false, error: errors.unrecoverablePosition })
      return
    }
    // Flushes what was gathered for the others, so nothing before the answer reaches the new member.
    this.fanout.enter(member)
    this.evictions.set(member, join.evicted)
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
    this.emptySince = 0
    bus.setMembers(this.name, this.members.length)
    if (this.options.presence)
      this.services.follow('presence', this.name, bus.addPresence(this.name, info))
    if (this.options.joinLeave)
      this.services.follow('join', this.name, bus.announce(this.name, 'join', info))
    this.behavior?.joined(info)
  }

  #answer(join: Join, joined: Parameters<Join['answer']>[0]): void {
    if (!this.joining.delete(join) || join.member.gone) return
    join.answer(joined)
  }

  #linger(): void {
    const self = this.#self
    if (self === undefined || this.#closing || this.members.length > 0) return
    this.emptySince = self.now
    const ms = this.options.behavior === undefined ? lingerMs : behaviorLingerMs
    self.after(ms, { type: 'linger', since: self.now })
  }
}

/** The actor around a room. */
export const roomBehavior: Behavior<RoomMessage, Room, Room> = {
  name: 'room',
  // A reconnect wave of a whole node may join one room within a turn.
  mailbox: { capacity: 131_072 },
  start(self, room) {
    room.services.events.emit({ name: 'room.opened', room: room.name })
    const done = room.services.bus.subscribe(room.name)
    if (isPromise(done)) return self.wait('redis', 'subscribe', done).then(() => opened(room, self))
    return opened(room, self)
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
        // Only the newest of several timers means what it says.
        if (!room.isIdle(message.since)) return
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
