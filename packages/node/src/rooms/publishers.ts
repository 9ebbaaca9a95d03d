// Who publishes into a room now: the few who publish most, found in one pass and in a fixed number of places (Space-Saving:
// Metwally, Agrawal and El Abbadi, 2005). All counts fade by half every ten seconds, so that the past is forgotten. Pure.
//
//   publication ─▶ has its publisher a place? ─▶ its count + 1
//                  is none free?              ─▶ it takes the place of the least, whose count it may have or not: its error
//
// A count is never too low, and too high by at most its error; no error is above total / places, and whoever has more than
// that has a place.

import type { ClientInfo } from '@sluice/cluster'

export interface Publisher {
  /** Empty for what no client published: the server API, a behaviour. */
  readonly client: string
  readonly user: string
  /** Publications, faded. */
  readonly count: number
  /** By so much the count may be too high. */
  readonly error: number
  /** When it was last heard. */
  readonly at: number
}

/** Who publishes, as of one moment. */
export interface PublishersNow {
  /** All publications, faded. */
  readonly total: number
  /** What a count is divided by to make it a rate. */
  readonly seconds: number
  /** The most first. */
  readonly publishers: readonly Publisher[]
}

export const places = 16
export const halfMs = 10_000
/** Rates of less than a second would be chance. */
const leastMs = 1_000

type Place = { -readonly [Key in keyof Publisher]: Publisher[Key] }

export class Publishers {
  readonly #places: Place[] = []
  readonly #byClient = new Map<string, Place>()
  /** Most of what is published follows on something of the same publisher. */
  #last: Place | undefined = undefined
  #total = 0
  /** The time that was counted in, faded as the counts are. */
  #countedMs = 0
  #fadedAt: number

  constructor(now: number) {
    this.#fadedAt = now
  }

  /** One more publication, of this client if it was one. */
  add(info: ClientInfo | undefined, now: number): void {
    if (now - this.#fadedAt >= halfMs) this.#fade(now)
    this.#total++
    const client = info === undefined ? '' : info.client
    let place = this.#last
    if (place === undefined || place.client !== client) {
      place = this.#byClient.get(client) ?? this.#give(client, info?.user ?? '')
      this.#last = place
    }
    place.count++
    place.at = now
  }

  read(now: number): PublishersNow {
    this.#fade(now)
    return {
      total: this.#total,
      seconds: Math.max(leastMs, this.#countedMs + now - this.#fadedAt) / 1_000,
      publishers: this.#places.map((place) => ({ ...place })).toSorted((a, b) => b.count - a.count),
    }
  }

  #give(client: string, user: string): Place {
    let place: Place
    if (this.#places.length < places) {
      place = { client, user, count: 0, error: 0, at: 0 }
      this.#places.push(place)
    } else {
      place = this.#least()
      this.#byClient.delete(place.client)
      place.client = client
      place.user = user
      place.error = place.count
    }
    this.#byClient.set(client, place)
    return place
  }

  #least(): Place {
    let least = this.#places[0]!
    for (let i = 1; i < places; i++) {
      const place = this.#places[i]!
      if (place.count < least.count) least = place
    }
    return least
  }

  #fade(now: number): void {
    const times = Math.floor((now - this.#fadedAt) / halfMs)
    if (times < 1) return
    const factor = 2 ** -times
    this.#fadedAt += times * halfMs
    this.#countedMs = this.#countedMs * factor + halfMs * (1 - factor)
    this.#total *= factor
    for (const place of this.#places) {
      place.count *= factor
      place.error *= factor
    }
  }
}
