// What Redis acknowledged to this node of late. When a failover loses a publication before anybody has heard it, no room's
// place shows it: only who was told that it is safe can know.
//
//   acknowledged ─▶ remembered for 2 to 4 s, and while its server is out of reach
//   a new connection ─▶ is it there still? ─▶ if not, the room's stream starts anew, and every node tells its members

import type { Clock } from '@sluice/core'
import type { Channels, Slots } from './commands.ts'
import type { RedisStreams } from './streams.ts'

export interface Ack {
  readonly slot: number
  readonly epoch: string
  readonly offset: number
  /** Empty when it is not known, as for a publish that was sent twice. */
  readonly mark: string
}

const keepMs = 2_000
const maxKept = 50_000
const atOnce = 64

export class Acked {
  readonly #streams: RedisStreams
  readonly #channels: Channels
  readonly #clock: Clock
  /** The latest of each room. */
  #recent = new Map<string, Ack>()
  #older = new Map<string, Ack>()
  #cancel: () => void = () => {}

  constructor(streams: RedisStreams, channels: Channels, clock: Clock) {
    this.#streams = streams
    this.#channels = channels
    this.#clock = clock
  }

  start(): void {
    this.#cancel = this.#clock.after(keepMs, () => {
      this.start()
      this.#turn()
    })
  }

  close(): void {
    this.#cancel()
    this.#recent.clear()
    this.#older.clear()
  }

  note(room: string, ack: Ack): void {
    const known = this.#recent.get(room) ?? this.#older.get(room)
    // A stream that went back: what was lost is the earlier one.
    if (known !== undefined && known.epoch === ack.epoch && known.offset >= ack.offset) return
    if (this.#recent.size >= maxKept) this.#turn()
    this.#recent.set(room, ack)
  }

  /** Looks for what was acknowledged in these slots; rejects when it cannot. */
  async verify(slots: Slots): Promise<void> {
    const acks = [...new Map([...this.#older, ...this.#recent])]
      .filter(([, { slot }]) => slots(slot))
      .map(([name, ack]) => ({ name, slot: ack.slot, place: ack }))
    const batches: (typeof acks)[] = []
    for (const together of Map.groupBy(acks, ({ slot }) => slot).values()) {
      for (let at = 0; at < together.length; at += atOnce)
        batches.push(together.slice(at, at + atOnce))
    }
    await Promise.all(
      batches.map(async (batch) => {
        const { slot } = batch[0]!
        try {
          const found = await this.#streams.find(batch)
          await Promise.all(
            batch.map(async ({ name, place }, i) => {
              const { epoch, offset, same } = found[i]!
              const lost = epoch === place.epoch && (offset < place.offset || !same)
              if (lost) await this.#streams.rotate(name, epoch)
            }),
          )
        } catch (error) {
          // A slot that is on its way holds up no other.
          if (!this.#channels.reaches(slot)) throw error
        }
      }),
    )
  }

  #turn(): void {
    const kept = [...this.#older].filter(
      ([room, { slot }]) => !this.#recent.has(room) && !this.#channels.reaches(slot),
    )
    this.#older = this.#recent
    this.#recent = new Map(kept)
  }
}
