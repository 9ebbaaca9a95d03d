// What is known of one room: what was published, and where in its streams it was seen.
//
//   epoch e1   ── 1 ── 2 ── 3 ── 4 ── 5        a stream has one entry at each place, unless Redis rolled it back:
//                      └── 3'── 4'             then it forks, and everybody must be on one branch alone
//   epoch e2   ── 1 ── 2

import type { FindingKind } from './findings.ts'

/** A publication at its place in a stream. */
export interface Entry {
  readonly epoch: string
  readonly offset: number
  readonly id: string
  /** What somebody saw right before it. */
  before: Entry | undefined
}

export interface Message {
  readonly id: string
  readonly invokedAt: number
  outcome: 'pending' | 'acked' | 'failed' | 'unknown'
  readonly entries: Entry[]
}

interface Stream {
  readonly places: Map<number, Entry[]>
  top: number
  forked: boolean
}

/** Called with what is wrong. */
export type Find = (kind: FindingKind, detail: string) => void

export class Ledger {
  readonly room: string
  readonly messages = new Map<string, Message>()
  /** The one that came last. */
  epoch: string | undefined = undefined
  readonly #mayRollBack: boolean
  readonly #streams = new Map<string, Stream>()

  constructor(room: string, mayRollBack: boolean) {
    this.room = room
    this.#mayRollBack = mayRollBack
  }

  /** How far the present stream goes. */
  get top(): number {
    return this.#streams.get(this.epoch ?? '')?.top ?? 0
  }

  invoke(id: string, invokedAt: number): void {
    this.messages.set(id, { id, invokedAt, outcome: 'pending', entries: [] })
  }

  enter(epoch: string, find: Find): void {
    if (this.#streams.has(epoch)) return
    if (this.epoch !== undefined && !this.#mayRollBack)
      find('replaced', `${this.epoch} by ${epoch}`)
    this.#streams.set(epoch, { places: new Map(), top: 0, forked: false })
    this.epoch = epoch
  }

  /** An id was seen at a place, right behind `before` where that is known. */
  place(
    epoch: string,
    { offset, id }: { offset: number; id: string },
    before: Entry | undefined,
    find: Find,
  ): Entry {
    this.enter(epoch, find)
    const stream = this.#streams.get(epoch)!
    stream.top = Math.max(stream.top, offset)
    const there = stream.places.get(offset) ?? []
    stream.places.set(offset, there)
    let entry = there.find((each) => each.id === id)
    if (entry === undefined) {
      entry = { epoch, offset, id, before: undefined }
      this.#add(entry, there, stream, find)
    }
    if (before === undefined || entry.before === before) return entry
    if (entry.before === undefined) entry.before = before
    else if (this.#mayRollBack) {
      const both = `${before.id} and ${entry.before.id}`
      find('disagreement', `${id} at ${epoch}@${offset} follows both ${both}`)
    }
    return entry
  }

  /** The entry of a message that counts: on the branch of `kept`, or in a stream with no other branch. */
  entryOf({ entries }: Message, kept: ReadonlySet<Entry>): Entry | undefined {
    return entries.find((entry) => kept.has(entry) || !this.#streams.get(entry.epoch)!.forked)
  }

  #add(entry: Entry, there: Entry[], stream: Stream, find: Find): void {
    const { epoch, offset, id } = entry
    const [other] = there
    there.push(entry)
    if (other !== undefined) {
      stream.forked = true
      if (!this.#mayRollBack) find('disagreement', `${epoch}@${offset} is ${other.id} and ${id}`)
    }
    const message = this.messages.get(id)
    if (message === undefined) {
      find('unexpected', `${id} at ${epoch}@${offset}`)
      return
    }
    // Where a stream was rolled back, what was not answered is sent again.
    const [twice] = message.entries
    message.entries.push(entry)
    if (twice === undefined || this.#mayRollBack) return
    const places = `${twice.epoch}@${twice.offset} and ${epoch}@${offset}`
    find('two_offsets', `${id} at ${places}`)
  }
}

/** The entries up to this one, as far as they are known. */
export function branchOf(entry: Entry | undefined): Set<Entry> {
  const branch = new Set<Entry>()
  // An entry that was seen before itself ends it.
  for (let each = entry; each !== undefined && !branch.has(each); each = each.before)
    branch.add(each)
  return branch
}
