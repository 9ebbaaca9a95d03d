// What this node publishes: numbered, gathered for a turn, and sent by lanes, one for each slot of Redis.
//
// Bounded: in bytes, in commands under way, and in the time that a publish may take.

import type { Delivery, Position, Publication, PublishOptions } from '../bus.ts'
import type { Slots } from './commands.ts'
import { packPlain, packPublication } from './envelope.ts'
import { type Desk, Lane } from './lane.ts'

const sweepMs = 50
const maxNumbers = 200_000

/** What a desk is made of, besides what the outbox itself keeps. */
export type OutboxParts = Omit<Desk, 'ask' | 'freed' | 'seq' | 'bytes' | 'underWay'>

export class Outbox {
  readonly #desk: Desk
  readonly #lanes = new Map<number, Lane>()
  /** Those that have something to send. */
  readonly #waiting = new Set<Lane>()
  /** The last number of each room. */
  readonly #numbers = new Map<string, number>()
  /** Under which plain messages are numbered. */
  #numberer: string
  #numberers = 0
  #asked = false
  #cancelSweep: (() => void) | undefined = undefined
  #closed = false

  constructor(parts: OutboxParts) {
    this.#desk = {
      ...parts,
      ask: (lane) => {
        this.#waiting.add(lane)
        this.#ask()
      },
      freed: () => {
        if (this.#waiting.size > 0) this.#ask()
      },
      seq: 0,
      bytes: 0,
      underWay: 0,
    }
    this.#numberer = parts.sender
  }

  get bytes(): number {
    return this.#desk.bytes
  }

  /** True when nothing more may be published. */
  get full(): boolean {
    return this.#desk.bytes >= this.#desk.options.maxQueueBytes
  }

  /** At most once; heard by whoever is subscribed when it arrives. */
  plain(room: string, slot: number, delivery: Delivery): void {
    const number = this.#number(room)
    this.#lane(slot).plain(room, delivery, this.#numberer, number)
  }

  /** Exactly once in the room's stream, or a failure. */
  scripted(
    room: string,
    slot: number,
    publication: Publication,
    options: PublishOptions,
  ): Promise<Position | undefined> {
    const kept = options.history !== undefined
    const delivery: Delivery = { type: 'publication', publication }
    const number = kept ? 0 : this.#number(room)
    const bytes = kept
      ? packPublication(publication)
      : packPlain(this.#numberer, number, 1, [delivery])
    const filler = kept ? '' : packPlain(this.#numberer, number, 1, [])
    return new Promise((resolve, reject) => {
      this.#lane(slot).scripted({ room, bytes, filler, options, resolve, reject })
    })
  }

  /** Sends what waits; called when there is a link again, or when slots are elsewhere. */
  resume(): void {
    for (const lane of this.#waiting) lane.wake()
    this.#ask()
  }

  /** These slots are out of reach: envelopes reach the members here, what needs a stream waits until its deadline. */
  suspend(slots: Slots): void {
    for (const [slot, lane] of this.#lanes) if (slots(slot)) lane.suspend()
    this.#ask()
  }

  close(): void {
    this.#closed = true
    this.#cancelSweep?.()
    for (const lane of this.#lanes.values()) lane.close()
    this.#desk.bytes = 0
  }

  #lane(slot: number): Lane {
    const known = this.#lanes.get(slot)
    if (known !== undefined) return known
    const lane = new Lane(slot, this.#desk)
    this.#lanes.set(slot, lane)
    return lane
  }

  #number(room: string): number {
    if (this.#numbers.size >= maxNumbers && !this.#numbers.has(room)) {
      this.#numbers.clear()
      // To who hears it, a smaller number of the same name is one that came twice.
      this.#numberer = `${this.#desk.sender}.${++this.#numberers}`
    }
    const number = (this.#numbers.get(room) ?? 0) + 1
    this.#numbers.set(room, number)
    return number
  }

  /** At the end of this turn. */
  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#desk.options.clock.soon(() => {
      this.#asked = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#closed) return
    let blocked = false
    for (const lane of this.#waiting) {
      lane.send()
      if (lane.empty) this.#waiting.delete(lane)
      else blocked ||= lane.blocked
    }
    if (blocked) this.#sweepLater()
  }

  /** What is blocked is tried again, until its time is over. */
  #sweepLater(): void {
    this.#cancelSweep ??= this.#desk.options.clock.after(sweepMs, () => {
      this.#cancelSweep = undefined
      for (const lane of this.#waiting) {
        if (!lane.blocked) continue
        lane.sweep()
        lane.wake()
      }
      this.#send()
    })
  }
}
