// One room as this node hears it: where it stands in the stream, and what each sender's envelopes should bring next. Pure.
//
//   frame ─▶ next in line?    deliver
//            already heard?   drop
//            a hole?          wait: the stream has what is missing
//            a fork?          drop: it follows, or is in the place of, another one than was heard
//
// Until the place is known, or while a hole is mended, frames wait in line.
//
// Forks come from primaries that were replaced and do not know it yet. In a Redis Cluster, such a one tells the others of what it
// takes, and its successor passes that on to whoever is subscribed there. Each entry's mark tells it from any other.

import type { Delivery } from '../bus.ts'
import { type Frame, unpackPublication } from './envelope.ts'

/** Where the room stands. `mark` tells the entry at the offset from another one of that offset after a roll-back. */
export interface Place {
  epoch: string
  offset: number
  mark: string
}

export type Verdict = 'done' | 'hole' | 'fork' | 'bad'

/** A frame in line, and how many bytes it keeps. */
export interface Waiting {
  readonly frame: Frame
  readonly bytes: number
}

export class HeardRoom {
  readonly name: string
  readonly channel: string
  /** Where Redis keeps it. */
  readonly slot: number
  /** While it is subscribed to. */
  subscribing: Promise<void> | undefined = undefined
  /** Grows with every doubt: what was begun before is void. */
  round = 0
  /** The bus's own: what a new stream of it holds is all news here. */
  readonly own: boolean
  /** Undefined until it was first compared with the stream. */
  place: Place | undefined = undefined
  /** The epoch before this one: what was sent in it may still be on its way. */
  #former: string | undefined = undefined
  /** Compared with the stream since the connection was made. */
  checked = false
  mending = false
  line: Waiting[] = []
  /** Who waits until this much was heard. */
  reaching: { offset: number; epoch: string; resolve: () => void }[] = []
  readonly #senders = new Map<string, number>()

  constructor(name: string, channel: string, slot: number, own = false) {
    this.own = own
    this.name = name
    this.channel = channel
    this.slot = slot
  }

  get held(): boolean {
    return !this.checked || this.mending
  }

  /** Takes a frame that is due; `deliver` is called for what is to be heard, `lost` for plain messages that are missing. */
  take(
    frame: Frame,
    deliver: (delivery: Delivery) => void,
    lost: (messages: number) => void,
  ): Verdict {
    switch (frame.kind) {
      case 'plain': {
        const expected = (this.#senders.get(frame.sender) ?? frame.from - 1) + 1
        // Its answer was lost, and it was sent again.
        if (frame.from < expected) return 'done'
        if (frame.from > expected) lost(frame.from - expected)
        this.#senders.set(frame.sender, frame.from + frame.count - 1)
        for (const delivery of frame.deliveries) deliver(delivery)
        return 'done'
      }
      case 'durable': {
        const place = (this.place ??= { epoch: '', offset: 0, mark: '' })
        const { offset, epoch, mark, before, item } = frame
        if (epoch === place.epoch) {
          if (offset < place.offset) return 'done'
          if (offset === place.offset) return isOther(mark, place.mark) ? 'fork' : 'done'
          if (offset > place.offset + 1) return 'hole'
          if (isOther(before, place.mark)) return 'fork'
        } else if (epoch === this.#former) return 'done'
        else if (place.epoch === '' && offset > 1) return 'hole'
        const publication = unpackPublication(item)
        if (publication === undefined) return 'bad'
        this.move({ epoch, offset, mark })
        publication.offset = offset
        deliver({ type: 'publication', publication, epoch })
        this.reached()
        return 'done'
      }
      case 'epoch':
        if (frame.epoch === this.#former) return 'done'
        if (this.place !== undefined && this.place.epoch !== frame.epoch) {
          this.move({ epoch: frame.epoch, offset: 0, mark: '' })
          deliver({ type: 'gap', position: { epoch: frame.epoch, offset: 0 } })
          this.reached()
        }
        return 'done'
      case 'node':
        return 'bad'
    }
  }

  /** Stands elsewhere from now on. */
  move(place: Place): void {
    const { epoch } = this.place ?? place
    if (epoch !== place.epoch && epoch !== '') this.#former = epoch
    this.place = place
  }

  /** Lets those go on who waited for what has been heard by now. */
  reached(): void {
    if (this.reaching.length === 0) return
    const { place } = this
    const left = this.reaching.filter(({ offset, epoch, resolve }) => {
      const met = place !== undefined && place.epoch === epoch && place.offset >= offset
      if (met) resolve()
      return !met
    })
    this.reaching = left
  }
}

/** False also where one is not known. */
function isOther(mark: string, heard: string): boolean {
  return mark !== '' && heard !== '' && mark !== heard
}
