// A room's stream in Redis, as the scripts read it.

import type { HistoryQuery } from '../bus.ts'
import type { Commands } from './commands.ts'
import type { HeardRoom, Place } from './heard-room.ts'
import type { Keys } from './keys.ts'
import type { Layout } from './layout.ts'
import { placesScript, readScript, rotateScript } from './stream-scripts.ts'

export interface Page {
  readonly epoch: string
  readonly top: number
  readonly complete: boolean
  /** Another entry is where the one with the mark should be. */
  readonly forked: boolean
  readonly entries: readonly { offset: number; item: Buffer; mark: string }[]
}

/** A room, and where it should stand. */
export type Standing = Pick<HeardRoom, 'name' | 'slot' | 'place'>

/** Where a stream stands, and whether its entry at our place is the one that we heard. */
export interface Found extends Place {
  readonly same: boolean
}

/** Who asks for one room alone. */
interface Asking {
  readonly room: Standing
  readonly resolve: (found: Found) => void
  readonly reject: (error: unknown) => void
}

const roomsACall = 64

export class RedisStreams {
  readonly #commands: Commands
  readonly #layout: Layout
  readonly #keys: Keys
  readonly #epoch: () => string
  #asking: Asking[] = []

  constructor(commands: Commands, layout: Layout, keys: Keys, epoch: () => string) {
    this.#commands = commands
    this.#layout = layout
    this.#keys = keys
    this.#epoch = epoch
  }

  /** `mark` is of the entry that was heard at `since`, if it is known. */
  async read(
    name: string,
    query: HistoryQuery & { readonly mark?: string },
    metaTtlMs: number,
  ): Promise<Page> {
    const { since, limit = -1, reverse = false, mark = '' } = query
    const offset = since?.offset ?? 0
    const [epoch, top, complete, ...entries] = (await this.#commands.run(
      readScript,
      [this.#keys.meta(name), this.#keys.log(name)],
      [
        this.#epoch(),
        metaTtlMs,
        since === undefined ? '0' : '1',
        since?.epoch ?? '',
        Number.isSafeInteger(offset) ? offset : -1,
        reverse ? '1' : '0',
        Number.isFinite(limit) ? Math.max(-1, Math.trunc(limit)) : -1,
        mark,
      ],
    )) as [Buffer, number, number, ...[number, Buffer, Buffer][]]
    return {
      epoch: String(epoch),
      top,
      complete: complete !== 0,
      forked: complete === 2,
      entries: entries.map(([at, item, own]) => ({ offset: at, item, mark: String(own) })),
    }
  }

  /** Where these streams stand, in the order of the rooms; one call for each slot. */
  async find(rooms: readonly Standing[]): Promise<Found[]> {
    if (this.#layout.slots === 1)
      return rooms.length === 1 ? [await this.#findSoon(rooms[0]!)] : this.#find(rooms)
    const found = new Map<Standing, Found>()
    const slots = Map.groupBy(rooms, (room) => room.slot)
    await Promise.all(
      [...slots.values()].map(async (together) => {
        for (const [i, one] of (await this.#find(together)).entries()) found.set(together[i]!, one)
      }),
    )
    return rooms.map((room) => found.get(room)!)
  }

  /** Rooms that one SUBSCRIBE let in ask in the same turn: they share a call. */
  #findSoon(room: Standing): Promise<Found> {
    return new Promise((resolve, reject) => {
      if (this.#asking.push({ room, resolve, reject }) > 1) return
      queueMicrotask(() => {
        const asking = this.#asking
        this.#asking = []
        for (let at = 0; at < asking.length; at += roomsACall) {
          const some = asking.slice(at, at + roomsACall)
          this.#find(some.map((one) => one.room)).then(
            (found) => some.forEach((one, i) => one.resolve(found[i]!)),
            (error: unknown) => some.forEach((one) => one.reject(error)),
          )
        }
      })
    })
  }

  async #find(rooms: readonly Standing[]): Promise<Found[]> {
    const keys = rooms.flatMap(({ name }) => [this.#keys.meta(name), this.#keys.log(name)])
    const args = rooms.flatMap(({ place }) => [place?.offset ?? 0, place?.mark ?? ''])
    const found = (await this.#commands.run(placesScript, keys as [string, ...string[]], args)) as [
      Buffer,
      number,
      Buffer,
      number,
    ][]
    return found.map(([epoch, offset, mark, same]) => ({
      epoch: String(epoch),
      offset,
      mark: String(mark),
      same: same !== 0,
    }))
  }

  /** A new epoch in the place of `old`; the one that another node gave it, if it was first. */
  async rotate(name: string, old: string): Promise<string> {
    const epoch = await this.#commands.run(
      rotateScript,
      [this.#keys.meta(name), this.#keys.log(name)],
      [old, this.#epoch(), this.#keys.channel(name), this.#layout.publish],
    )
    return String(epoch)
  }

  async remove(name: string): Promise<void> {
    await this.#commands.call('DEL', this.#keys.log(name))
  }
}
