// Looks at rooms by the clock, so that each is looked at once in verifyMs: a last message that was lost shows by nothing else.
//
//   ahead of us ─ a second later, still ─▶ mended       behind us, or another ─▶ settled as after a cut
//   doubted: could not be compared ─▶ tried again each second       contradicted ─▶ tried at once, or as one in doubt

import type { HeardRoom, Place } from './heard-room.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import type { Found, RedisStreams } from './streams.ts'

const tickMs = 1_000
const placesAtOnce = 64

export interface VerifierHooks {
  /** True while nobody has left the room, nor left and come back. */
  stands: (room: HeardRoom) => boolean
  check: (room: HeardRoom) => Promise<void>
  mend: (room: HeardRoom) => Promise<void>
  settle: (room: HeardRoom, found: Found) => Promise<void>
}

export class Verifier {
  readonly #rooms: ReadonlyMap<string, HeardRoom>
  readonly #streams: RedisStreams
  readonly #options: ResolvedRedisBusOptions
  readonly #hooks: VerifierHooks
  readonly #suspects = new Map<HeardRoom, Place>()
  readonly #doubted = new Set<HeardRoom>()
  #hand: MapIterator<HeardRoom>
  #cancel: () => void = () => {}

  constructor(
    rooms: ReadonlyMap<string, HeardRoom>,
    streams: RedisStreams,
    options: ResolvedRedisBusOptions,
    hooks: VerifierHooks,
  ) {
    this.#rooms = rooms
    this.#streams = streams
    this.#options = options
    this.#hooks = hooks
    this.#hand = rooms.values()
  }

  start(): void {
    this.#cancel = this.#options.clock.after(tickMs, () => this.#tick())
  }

  close(): void {
    this.#cancel()
    this.#suspects.clear()
    this.#doubted.clear()
  }

  /** It could not be compared: it is tried again until it can, and meanwhile takes nothing. */
  doubt(room: HeardRoom): void {
    room.checked = false
    this.#doubted.add(room)
  }

  /** What it heard contradicts what it had heard: it is in doubt, and compared at once. */
  contradict(room: HeardRoom): void {
    this.doubt(room)
    this.#hooks.check(room).catch(() => {})
  }

  #tick(): void {
    this.start()
    for (const room of this.#doubted) {
      if (room.checked || !this.#hooks.stands(room)) this.#doubted.delete(room)
      else this.#hooks.check(room).catch(() => {})
    }
    // What was ahead a second ago was on its way, unless it has still not come.
    for (const [room, { epoch, offset }] of this.#suspects) {
      const { place } = room
      if (!this.#hooks.stands(room) || room.held || place === undefined) continue
      if (place.epoch === epoch && place.offset < offset) void this.#hooks.mend(room)
    }
    this.#suspects.clear()
    const rooms = this.#next(Math.ceil((this.#rooms.size * tickMs) / this.#options.verifyMs))
    for (let at = 0; at < rooms.length; at += placesAtOnce)
      this.#look(rooms.slice(at, at + placesAtOnce)).catch(() => {})
  }

  /** The next so many rooms in turn, without those that wait for something anyway. */
  #next(share: number): HeardRoom[] {
    const rooms: HeardRoom[] = []
    for (let left = share; left > 0; left--) {
      let step = this.#hand.next()
      if (step.done === true) {
        this.#hand = this.#rooms.values()
        step = this.#hand.next()
      }
      if (step.value !== undefined && !step.value.held && step.value.place !== undefined)
        rooms.push(step.value)
    }
    return rooms
  }

  async #look(rooms: readonly HeardRoom[]): Promise<void> {
    const asked = rooms.map(({ place }) => place)
    for (const [i, found] of (await this.#streams.find(rooms)).entries()) {
      const room = rooms[i]!
      const { epoch, offset, same } = found
      if (room.held || !this.#hooks.stands(room) || room.place === undefined) continue
      const ahead = epoch === room.place.epoch && same && offset >= room.place.offset
      if (ahead && offset > room.place.offset) this.#suspects.set(room, { epoch, offset, mark: '' })
      // What changed while we looked is looked at the next time.
      else if (!ahead && room.place === asked[i])
        void this.#hooks.settle(room, found).catch(() => {})
    }
  }
}
