// Judges a history in the manner of Jepsen, in time that grows with its length: every place where something that is
// promised of a room with a stream was not kept.
//
//   log ──▶ Ledger of a room: id ⇄ (epoch, offset), outcomes      one order for everybody, nothing invented
//       └─▶ Member of a room: position, since when without a gap  offsets +1; recovered is whole; gaps are told
//                                                     final ──▶   everybody has the last message; nothing acked is lost

import type { Finding, FindingKind } from './findings.ts'
import type { HistoryEvent, Seen } from './history.ts'
import { branchOf, type Entry, Ledger } from './ledger.ts'
import { checkPresence } from './presence.ts'

export type { Finding, FindingKind } from './findings.ts'

export interface CheckOptions {
  /**
   * Redis may lose what it had acked, by a failover or a restart without its data: then a stream may fork, or be replaced by
   * a new epoch, and what it held may be missing for clients who were told. Whoever was told nothing has seen one
   * branch, and all that was acked since it came. Default false.
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

/** What is known of one client in one room. */
interface Member {
  readonly client: string
  subscribed: boolean
  epoch: string | undefined
  offset: number
  /** What is at that offset, if it was seen. */
  last: Entry | undefined
  /** Where in the log its present row of messages without a gap began, and at which offset. */
  since: number
  from: number
  /** Of that row: what it was not sent when it should have been. */
  readonly missing: Set<number>
  final: boolean
}

interface Room {
  readonly ledger: Ledger
  readonly members: Map<string, Member>
}

class Checker implements Verdict {
  readonly findings: Finding[] = []
  readonly tally: Tally = {
    ...{ acked: 0, failed: 0, unknown: 0, landed: 0 },
    ...{ received: 0, recovered: 0, told: 0 },
  }
  readonly #mayRollBack: boolean
  readonly #rooms = new Map<string, Room>()

  constructor(mayRollBack: boolean) {
    this.#mayRollBack = mayRollBack
  }

  hear(event: HistoryEvent, at: number): void {
    const room = this.#room(event.room)
    switch (event.type) {
      case 'invoked':
        room.ledger.invoke(event.id, at)
        return
      case 'acked':
      case 'failed':
      case 'unknown':
        this.#settle(room, event)
        return
      case 'subscribed':
        this.#subscribe(room, event, at)
        return
      case 'received':
        this.#receive(room, event)
        return
      case 'told':
      case 'left':
        memberOf(room, event.client).subscribed = false
        return
      case 'final':
        memberOf(room, event.client).final = true
        return
      case 'present':
    }
  }

  /** What can only be said when all is known. */
  conclude(events: readonly HistoryEvent[]): void {
    const kept = new Set<Entry>()
    for (const room of this.#rooms.values()) {
      const finals = [...room.members.values()].filter(({ final }) => final)
      for (const member of finals) this.#concludeMember(room, member)
      for (const entry of this.#concludeMessages(room, finals)) kept.add(entry)
    }
    this.#checkRealTime(events, kept)
    this.findings.push(...checkPresence(events))
  }

  #settle(
    room: Room,
    event: Extract<HistoryEvent, { type: 'acked' | 'failed' | 'unknown' }>,
  ): void {
    this.tally[event.type]++
    const message = room.ledger.messages.get(event.id)
    if (message === undefined) return
    message.outcome = event.type
    if (event.type !== 'acked' || event.offset === undefined || event.epoch === undefined) return
    this.#place(room, event.epoch, { offset: event.offset, id: event.id }, undefined)
  }

  #subscribe(room: Room, event: Extract<HistoryEvent, { type: 'subscribed' }>, at: number): void {
    const { client, epoch, offset, recovered, publications } = event
    const member = memberOf(room, client)
    const from = `${member.epoch}@${member.offset}`
    room.ledger.enter(epoch, this.#finder(room, client))
    const goesOn = recovered === true && epoch === member.epoch
    let last = goesOn ? member.last : undefined
    let reached = goesOn ? member.offset : -1
    for (const seen of publications) {
      last = this.#place(room, epoch, seen, seen.offset === reached + 1 ? last : undefined, client)
      reached = seen.offset
    }
    if (recovered === true) {
      this.tally.recovered++
      const offsets = publications.map((seen) => seen.offset)
      const whole =
        offset === member.offset + offsets.length &&
        offsets.every((each, i) => each === member.offset + i + 1)
      if (epoch !== member.epoch || !whole) {
        const got = `${epoch}@${offset} with [${offsets.join(' ')}]`
        this.#find('false_recovery', room, `from ${from} to ${got}`, client)
        begin(member, offset, at)
      }
    } else {
      if (recovered === false) {
        this.tally.told++
        if (publications.length > 0)
          this.#find('partial_recovery', room, `from ${from}, ${publications.length}`, client)
      }
      if (epoch === member.epoch && offset < member.offset && !this.#mayRollBack)
        this.#find('step_back', room, `subscribed at ${offset} after ${from}`, client)
      begin(member, offset, at)
    }
    member.subscribed = true
    member.epoch = epoch
    member.offset = offset
    member.last = last?.offset === offset ? last : undefined
  }

  #receive(room: Room, event: Extract<HistoryEvent, { type: 'received' }>): void {
    const { client, offset, id } = event
    const member = memberOf(room, client)
    const { epoch = '' } = member
    this.tally.received++
    if (!member.subscribed) {
      this.#find('outside', room, `${id} at ${offset}`, client)
      return
    }
    if (event.epoch !== undefined && event.epoch !== epoch) {
      this.#find('epoch_mix', room, `${id} of ${event.epoch} in ${epoch}`, client)
      return
    }
    const next = member.offset + 1
    const before = offset === next ? member.last : undefined
    const entry = this.#place(room, epoch, event, before, client)
    if (offset < next) {
      const late = member.missing.delete(offset) || offset <= member.from
      const kind = late ? 'step_back' : 'duplicate'
      this.#find(kind, room, `${id} at ${offset}, expected ${next}`, client)
      return
    }
    if (offset > next) {
      this.#find('silent_gap', room, `${epoch}: ${next} to ${offset - 1} are missing`, client)
      const until = Math.min(offset, next + missingKept)
      for (let each = next; each < until; each++) member.missing.add(each)
    }
    member.offset = offset
    member.last = entry
  }

  #place(room: Room, epoch: string, seen: Seen, before: Entry | undefined, client?: string): Entry {
    return room.ledger.place(epoch, seen, before, this.#finder(room, client))
  }

  #concludeMember(room: Room, { client, subscribed, epoch, offset }: Member): void {
    const { ledger } = room
    if (!subscribed || epoch === undefined) {
      this.#find('absent', room, 'not subscribed at the end', client)
    } else if (epoch !== ledger.epoch) {
      this.#find('absent', room, `in ${epoch} at the end, the room in ${ledger.epoch}`, client)
    } else if (offset < ledger.top) {
      this.#find('lost', room, `${epoch}: ${offset + 1} to ${ledger.top}`, client)
    }
  }

  /** Returns what the room ended with. */
  #concludeMessages(room: Room, finals: readonly Member[]): Set<Entry> {
    const { ledger } = room
    const stayed = finals.filter(({ subscribed, epoch }) => subscribed && epoch === ledger.epoch)
    const [longest] = stayed.toSorted((a, b) => a.since - b.since)
    const kept = branchOf(longest?.last)
    for (const { client, last } of stayed) {
      if (last === undefined || longest?.last === undefined || last === longest.last) continue
      if (last.offset !== longest.last.offset) continue
      const both = `${last.id} and ${longest.last.id}`
      this.#find('disagreement', room, `${last.epoch}@${last.offset} is ${both}`, client)
    }
    for (const { id, outcome, entries, invokedAt } of ledger.messages.values()) {
      const [first] = entries
      if (outcome === 'unknown' && first !== undefined) this.tally.landed++
      if (outcome === 'failed' && first !== undefined)
        this.#find('unexpected', room, `${id} was refused, yet is at ${first.offset}`)
      const twice = this.#mayRollBack && twiceOnOneBranch(entries)
      if (twice) this.#find('two_offsets', room, `${id} at ${twice}`)
      // At least one client was there from before it until the end, was told of nothing, and did not see it.
      if (outcome !== 'acked' || longest === undefined || longest.since > invokedAt) continue
      const there = this.#mayRollBack ? entries.find((entry) => kept.has(entry)) : first
      if (there === undefined)
        this.#find('lost', room, `${id} was acked and is nowhere`, longest.client)
    }
    return kept
  }

  /** Whoever waits for an answer before the next publish finds the two in that order. */
  #checkRealTime(events: readonly HistoryEvent[], kept: ReadonlySet<Entry>): void {
    const acked = new Map<string, Entry>()
    for (const event of events) {
      if (event.type !== 'invoked' && event.type !== 'acked') continue
      const room = this.#room(event.room)
      const message = room.ledger.messages.get(event.id)
      const entry = message && room.ledger.entryOf(message, kept)
      if (entry === undefined) continue
      const key = `${event.room} ${entry.epoch}`
      const top = acked.get(key)
      if (event.type === 'acked') {
        if (top === undefined || entry.offset > top.offset) acked.set(key, entry)
      } else if (top !== undefined && entry.offset < top.offset) {
        const detail = `${event.id} at ${entry.offset}, begun when ${top.id} was at ${top.offset}`
        this.#find('reordered', room, detail)
      }
    }
  }

  #room(name: string): Room {
    let room = this.#rooms.get(name)
    if (room === undefined) {
      room = { ledger: new Ledger(name, this.#mayRollBack), members: new Map() }
      this.#rooms.set(name, room)
    }
    return room
  }

  #finder(room: Room, client: string | undefined) {
    return (kind: FindingKind, detail: string): void => this.#find(kind, room, detail, client)
  }

  #find(kind: FindingKind, { ledger: { room } }: Room, detail: string, client?: string): void {
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

/** Where a fork allows one id two places, but not one behind the other. */
function twiceOnOneBranch(entries: readonly Entry[]): string | undefined {
  if (entries.length < 2) return undefined
  for (const entry of entries) {
    const branch = branchOf(entry)
    const other = entries.find((each) => each !== entry && branch.has(each))
    if (other !== undefined) return `${other.epoch}@${other.offset} and ${entry.offset}`
  }
  return undefined
}

function memberOf({ members }: Room, client: string): Member {
  let member = members.get(client)
  if (member === undefined) {
    member = {
      ...{ client, subscribed: false, epoch: undefined, last: undefined },
      ...{ offset: 0, since: 0, from: 0, missing: new Set(), final: false },
    }
    members.set(client, member)
  }
  return member
}
