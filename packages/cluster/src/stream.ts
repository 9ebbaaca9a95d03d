// One room's bounded past, and the count that outlives it. Pure: time is an argument, the epoch is given.
//
//   offset   1 …… 41 │ 42 43 44 45 │ 46
//            trimmed   kept (≤ size)  next
//
// Two lifetimes. The kept publications go all at once, `ttlMs` after the latest, as a key expires in Redis. The count
// (epoch and offset) goes `metaTtlMs` after the last use, never earlier: meanwhile who holds the latest position is told
// that nothing was missed, and everybody else that something was. A new epoch starts only after both.

import type { HistoryOptions, HistoryQuery, HistoryResult, Position, Publication } from './bus.ts'

// What V8 needs beside the text, roughly: enough to bound memory by.
const streamBytes = 512
const entryBytes = 128

export class Stream {
  readonly epoch: string
  readonly #metaTtlMs: number
  #offset = 0
  // Kept publications are #entries from #head on; what was before them is compacted away now and then.
  #entries: (Publication | undefined)[] = []
  #head = 0
  #bytes = streamBytes
  #expiresAt = Number.POSITIVE_INFINITY
  #lapsesAt = Number.NEGATIVE_INFINITY
  #usedAt = Number.NEGATIVE_INFINITY

  constructor(epoch: string, metaTtlMs: number) {
    this.epoch = epoch
    this.#metaTtlMs = metaTtlMs
  }

  /** About how much memory it holds. */
  get bytes(): number {
    return this.#bytes
  }

  /** When it was last appended to or read. */
  get usedAt(): number {
    return this.#usedAt
  }

  /** True when even the count may be forgotten: the room's next stream has another epoch. */
  lapsed(now: number): boolean {
    return now >= this.#lapsesAt
  }

  /** Gives the publication the next offset, keeps it, trims to `size`. */
  append(publication: Publication, options: HistoryOptions, now: number): number {
    this.expire(now)
    this.#use(options, now)
    this.#expiresAt = now + options.ttlMs
    publication.offset = ++this.#offset
    this.#entries.push(publication)
    this.#bytes += weigh(publication)
    // Also ends, keeping nothing, with a size that makes no sense: negative or NaN.
    while (this.#kept > 0 && !(this.#kept <= options.size)) this.#trim()
    return this.#offset
  }

  read(query: HistoryQuery, options: HistoryOptions, now: number): HistoryResult {
    this.expire(now)
    this.#use(options, now)
    const { since, limit = Number.POSITIVE_INFINITY, reverse = false } = query
    const complete = since === undefined || this.#joins(since, reverse)
    const publications = complete ? this.#page(since, limit, reverse) : []
    return { offset: this.#offset, epoch: this.epoch, publications, complete }
  }

  /** Forgets the publications if their time has passed. */
  expire(now: number): void {
    if (now >= this.#expiresAt) this.clear()
  }

  /** Forgets the publications, not the count. */
  clear(): void {
    this.#entries = []
    this.#head = 0
    this.#bytes = streamBytes
    this.#expiresAt = Number.POSITIVE_INFINITY
  }

  get #kept(): number {
    return this.#entries.length - this.#head
  }

  get #first(): number {
    return this.#offset - this.#kept + 1
  }

  /** True when an answer can follow `since` without a hole. */
  #joins({ offset, epoch }: Position, reverse: boolean): boolean {
    // Whoever has seen nothing yet need not know the epoch: any stream that still has its first publication will do.
    if (epoch !== this.epoch && !(epoch === '' && offset === 0)) return false
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > this.#offset) return false
    return reverse || offset >= this.#first - 1
  }

  #page(since: Position | undefined, limit: number, reverse: boolean): Publication[] {
    const page: Publication[] = []
    const first = this.#first
    const step = reverse ? -1 : 1
    const start = reverse
      ? (since?.offset ?? this.#offset + 1) - 1
      : Math.max(first, (since?.offset ?? 0) + 1)
    for (let offset = start; page.length < limit; offset += step) {
      const entry = offset < first ? undefined : this.#entries[this.#head + offset - first]
      if (entry === undefined) break
      page.push(entry)
    }
    return page
  }

  #use({ ttlMs }: HistoryOptions, now: number): void {
    this.#usedAt = now
    this.#lapsesAt = Math.max(this.#lapsesAt, now + Math.max(this.#metaTtlMs, ttlMs))
  }

  #trim(): void {
    const entry = this.#entries[this.#head]
    if (entry !== undefined) this.#bytes -= weigh(entry)
    this.#entries[this.#head++] = undefined
    // Half of the array at a time: a trim costs constant time on average.
    if (this.#head < 32 || this.#head * 2 < this.#entries.length) return
    this.#entries.copyWithin(0, this.#head)
    this.#entries.length -= this.#head
    this.#head = 0
  }
}

function weigh(publication: Publication): number {
  return entryBytes + publication.data.length
}
