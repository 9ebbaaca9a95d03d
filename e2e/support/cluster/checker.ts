// Judges a history in the manner of Jepsen, in time that grows with its length: every place where something that is
// promised of a room with a stream was not kept.
//
//   log ──▶ Ledger of a room: id ⇄ (epoch, offset), outcomes      one order for everybody, nothing invented
//       └─▶ Member of a room: position, since when without a gap  offsets +1; recovered is whole; gaps are told
//                                                     final ──▶   everybody has the last message; nothing acked is lost

import type { HistoryEvent } from './history.ts'

export type FindingKind =
  /** An acked message, or one that others saw, that a client should have seen and did not. */
  | 'lost'
  /** A hole in the offsets that nobody told the client of. */
  | 'silent_gap'
  /** Received twice by one client. */
  | 'duplicate'
  /** An offset behind the client's position. */
  | 'step_back'
  /** A publication of another epoch than the subscription's. */
  | 'epoch_mix'
  /** `recovered: true`, but not everything between the two positions came, in order. */
  | 'false_recovery'
  /** `recovered: false`, with publications: a part where nothing was promised. */
  | 'partial_recovery'
  /** An id that nobody published in this room, or whose publisher was told that it failed. */
  | 'unexpected'
  /** One place in the stream with two ids. */
  | 'disagreement'
  /** One id in two places of the stream. */
  | 'two_offsets'
  /** Invoked after another was acked, yet before it in the stream. */
  | 'reordered'
  /** A received publication while not subscribed. */
  | 'outside'
  /** Not subscribed at the end, or in an epoch that was replaced. */
  | 'absent'
  /** The stream was replaced by a new one, and nothing may be rolled back. */
  | 'replaced'

export interface Finding {
  readonly kind: FindingKind
  readonly room: string
  /** Absent where it is about the room as a whole. */
  readonly client?: string
  readonly detail: string
}

export interface CheckOptions {
  /**
   * Redis may lose what it had acked, by a failover or a restart without its data: then a stream may be replaced by a new
   * epoch, and what the old one held may be missing for clients who were told. Default false.
   */
  mayRollBack?: boolean
}

export interface Tally {
  acked: number
  failed: number
  unknown: number
  /** Of the unknown: those that somebody saw. */
  landed: number
  received: number
  /** Subscriptions with `recovered: true`. */
  recovered: number
  /** Subscriptions with `recovered: false`. */
  told: number
}

export interface Verdict {
  readonly findings: readonly Finding[]
  readonly tally: Tally
}

/** Judges a whole history. */
export function checkHistory(
  events: readonly HistoryEvent[],
  { mayRollBack = false }: CheckOptions = {},
): Verdict {
  const checker = new Checker(mayRollBack)
  for (const [at, event] of events.entries()) checker.hear(event, at)
  checker.conclude(events)
  return checker
}

interface Place {
  readonly epoch: string
  readonly offset: number
}

interface Message {
  readonly id: string
  readonly invokedAt: number
  outcome: 'pending' | 'acked' | 'failed' | 'unknown'
  place: Place | undefined
}

/** What is known of one client in one room. */
interface Member {
  readonly client: string
  subscribed: boolean
  epoch: string | undefined
  offset: number
  /** Where in the log its present row of messages without a gap began, and at which offset. */
  since: number
  from: number
  /** Of that row: what it was not sent when it should have been. */
  readonly missing: Set<number>
  final: boolean
}

/** What is known of one room. */
interface Ledger {
  readonly room: string
  readonly messages: Map<string, Message>
  readonly epochs: Map<string, { ids: Map<number, string>; top: number }>
  /** The one that came last. */
  epoch: string | undefined
  readonly members: Map<string, Member>
}

class Checker implements Verdict {
  readonly findings: Finding[] = []
  readonly tally: Tally = {
    ...{ acked: 0, failed: 0, unknown: 0, landed: 0 },
    ...{ received: 0, recovered: 0, told: 0 },
  }
  readonly #mayRollBack: boolean
  readonly #ledgers = new Map<string, Ledger>()

  constructor(mayRollBack: boolean) {
    this.#mayRollBack = mayRollBack
  }

  hear(event: HistoryEvent, at: number): void {
    const ledger = this.#ledger(event.room)
    switch (event.type) {
      case 'invoked':
        ledger.messages.set(event.id, {
          ...{ id: event.id, invokedAt: at, outcome: 'pending' },
          place: undefined,
        })
        return
      case 'acked':
      case 'failed':
      case 'unknown':
        this.#settle(ledger, event)
        return
      case 'subscribed':
        this.#subscribe(ledger, event, at)
        return
      case 'received':
        this.#receive(ledger, event)
        return
      case 'told':
      case 'left':
        memberOf(ledger, event.client).subscribed = false
        return
      case 'final':
        memberOf(ledger, event.client).final = true
    }
  }

  /** What can only be said when all is known. */
  conclude(events: readonly HistoryEvent[]): void {
    for (const ledger of this.#ledgers.values()) {
      const finals = [...ledger.members.values()].filter(({ final }) => final)
      for (const member of finals) this.#concludeMember(ledger, member)
      this.#concludeMessages(ledger, finals)
    }
    this.#checkRealTime(events)
  }

  #settle(
    ledger: Ledger,
    event: Extract<HistoryEvent, { type: 'acked' | 'failed' | 'unknown' }>,
  ): void {
    this.tally[event.type]++
    const message = ledger.messages.get(event.id)
    if (message === undefined) return
    message.outcome = event.type
    if (event.type !== 'acked' || event.offset === undefined || event.epoch === undefined) return
    this.#place(ledger, event.epoch, { offset: event.offset, id: event.id }, undefined)
  }

  #subscribe(
    ledger: Ledger,
    event: Extract<HistoryEvent, { type: 'subscribed' }>,
    at: number,
  ): void {
    const { client, epoch, offset, recovered, publications } = event
    const member = memberOf(ledger, client)
    const from = `${member.epoch}@${member.offset}`
    this.#enterEpoch(ledger, epoch, client)
    for (const seen of publications) this.#place(ledger, epoch, seen, client)
    if (recovered === true) {
      this.tally.recovered++
      const offsets = publications.map((seen) => seen.offset)
      const whole =
        offset === member.offset + offsets.length &&
        offsets.every((each, i) => each === member.offset + i + 1)
      if (epoch !== member.epoch || !whole) {
        const got = `${epoch}@${offset} with [${offsets.join(' ')}]`
        this.#find('false_recovery', ledger, `from ${from} to ${got}`, client)
        begin(member, offset, at)
      }
    } else {
      if (recovered === false) {
        this.tally.told++
        if (publications.length > 0)
          this.#find('partial_recovery', ledger, `from ${from}, ${publications.length}`, client)
      }
      if (epoch === member.epoch && offset < member.offset)
        this.#find('step_back', ledger, `subscribed at ${offset} after ${from}`, client)
      begin(member, offset, at)
    }
    member.subscribed = true
    member.epoch = epoch
    member.offset = offset
  }

  #receive(ledger: Ledger, event: Extract<HistoryEvent, { type: 'received' }>): void {
    const { client, offset, id } = event
    const member = memberOf(ledger, client)
    const { epoch = '' } = member
    this.tally.received++
    if (!member.subscribed) {
      this.#find('outside', ledger, `${id} at ${offset}`, client)
      return
    }
    if (event.epoch !== undefined && event.epoch !== epoch) {
      this.#find('epoch_mix', ledger, `${id} of ${event.epoch} in ${epoch}`, client)
      return
    }
    this.#place(ledger, epoch, event, client)
    const next = member.offset + 1
    if (offset < next) {
      const late = member.missing.delete(offset) || offset <= member.from
      const kind = late ? 'step_back' : 'duplicate'
      this.#find(kind, ledger, `${id} at ${offset}, expected ${next}`, client)
      return
    }
    if (offset > next) {
      this.#find('silent_gap', ledger, `${epoch}: ${next} to ${offset - 1} are missing`, client)
      const until = Math.min(offset, next + missingKept)
      for (let each = next; each < until; each++) member.missing.add(each)
    }
    member.offset = offset
  }

  /** An id has one place, and a place has one id. */
  #place(
    ledger: Ledger,
    epoch: string,
    { offset, id }: { offset: number; id: string },
    client: string | undefined,
  ): void {
    this.#enterEpoch(ledger, epoch, client)
    const message = ledger.messages.get(id)
    if (message === undefined) {
      this.#find('unexpected', ledger, `${id} at ${epoch}@${offset}`, client)
    } else if (
      message.place === undefined ||
      // Tried again with its key, which the new stream does not know.
      (this.#mayRollBack && message.place.epoch !== epoch)
    ) {
      message.place = { epoch, offset }
    } else if (message.place.epoch !== epoch || message.place.offset !== offset) {
      const { place } = message
      const places = `${place.epoch}@${place.offset} and ${epoch}@${offset}`
      this.#find('two_offsets', ledger, `${id} at ${places}`, client)
    }
    const stream = ledger.epochs.get(epoch)!
    const there = stream.ids.get(offset)
    if (there === undefined) stream.ids.set(offset, id)
    else if (there !== id)
      this.#find('disagreement', ledger, `${epoch}@${offset} is ${there} and ${id}`, client)
    stream.top = Math.max(stream.top, offset)
  }

  #enterEpoch(ledger: Ledger, epoch: string, client: string | undefined): void {
    if (ledger.epochs.has(epoch)) return
    if (ledger.epoch !== undefined && !this.#mayRollBack)
      this.#find('replaced', ledger, `${ledger.epoch} by ${epoch}`, client)
    ledger.epochs.set(epoch, { ids: new Map(), top: 0 })
    ledger.epoch = epoch
  }

  #concludeMember(ledger: Ledger, { client, subscribed, epoch, offset }: Member): void {
    if (!subscribed || epoch === undefined) {
      this.#find('absent', ledger, 'not subscribed at the end', client)
    } else if (epoch !== ledger.epoch) {
      this.#find('absent', ledger, `in ${epoch} at the end, the room in ${ledger.epoch}`, client)
    } else {
      const { top, ids } = ledger.epochs.get(epoch)!
      if (offset >= top) return
      const missed = `${offset + 1} (${ids.get(offset + 1)}) to ${top} (${ids.get(top)})`
      this.#find('lost', ledger, `${epoch}: ${missed}`, client)
    }
  }

  #concludeMessages(ledger: Ledger, finals: readonly Member[]): void {
    let longest: Member | undefined
    for (const member of finals) {
      if (member.subscribed && (longest === undefined || member.since < longest.since))
        longest = member
    }
    for (const { id, outcome, place, invokedAt } of ledger.messages.values()) {
      if (outcome === 'unknown' && place !== undefined) this.tally.landed++
      if (outcome === 'failed' && place !== undefined)
        this.#find('unexpected', ledger, `${id} was refused, yet is at ${place.offset}`)
      // Nobody saw it, though at least one client was there from before it until the end.
      if (outcome === 'acked' && place === undefined && longest && longest.since < invokedAt)
        this.#find('lost', ledger, `${id} was acked and is nowhere`, longest.client)
    }
  }

  /** Whoever waits for an answer before the next publish finds the two in that order. */
  #checkRealTime(events: readonly HistoryEvent[]): void {
    const acked = new Map<string, Map<string, Place & { id: string }>>()
    for (const { type, room, ...rest } of events) {
      if (type !== 'invoked' && type !== 'acked') continue
      const { id } = rest as { id: string }
      const ledger = this.#ledger(room)
      const place = ledger.messages.get(id)?.place
      if (place === undefined) continue
      const tops = getOrMake(acked, room, () => new Map<string, Place & { id: string }>())
      const top = tops.get(place.epoch)
      if (type === 'acked') {
        if (top === undefined || place.offset > top.offset) tops.set(place.epoch, { ...place, id })
      } else if (top !== undefined && place.offset < top.offset) {
        const detail = `${id} at ${place.offset}, begun when ${top.id} was at ${top.offset}`
        this.#find('reordered', ledger, detail)
      }
    }
  }

  #ledger(room: string): Ledger {
    return getOrMake(this.#ledgers, room, () => ({
      room,
      messages: new Map(),
      epochs: new Map(),
      epoch: undefined,
      members: new Map(),
    }))
  }

  #find(kind: FindingKind, { room }: Ledger, detail: string, client?: string): void {
    this.findings.push(
      client === undefined ? { kind, room, detail } : { kind, room, client, detail },
    )
  }
}

/** Of one gap: enough to tell late from twice, and no more when an offset is nonsense. */
const missingKept = 1_000

/** What this client sees from here on owes nothing to what it saw before. */
function begin(member: Member, offset: number, at: number): void {
  member.since = at
  member.from = offset
  member.missing.clear()
}

function memberOf(ledger: Ledger, client: string): Member {
  return getOrMake(ledger.members, client, () => ({
    ...{ client, subscribed: false, epoch: undefined },
    ...{ offset: 0, since: 0, from: 0, missing: new Set(), final: false },
  }))
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key)
  if (there !== undefined) return there
  const made = make()
  map.set(key, made)
  return made
}
