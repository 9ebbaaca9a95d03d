// A close-up: what one actor does, message by message, for a bounded time and for somebody who looks at this actor alone.
// Others do not know of it. (Who follows messages from actor to actor, for OpenTelemetry, is a tracer: tracer.ts.)
//
//   told ─▶ noted mailbox ─▶ enter … leave … back … done          and beside: waits, the end's beginning, restarts, death
//            who, when        └ ran ┘ └ awaited ┘

import type { Actor } from './actor.ts'
import { type End, formatEnd } from './ends.ts'
import { Flag } from './flags.ts'
import { Mailbox } from './mailbox.ts'
import { messageType } from './message-type.ts'
import { NotedMailbox } from './noted-mailbox.ts'
import { idOf, noRow, waitClasses } from './table.ts'
import { bare } from './tracer.ts'
import type { Wait } from './waits.ts'

/** Something that it waited on. */
export interface CloseUpWait {
  class: string
  /** The behaviour of an actor, or the name of a thing. */
  target: string
  /** The id of that actor. */
  actor?: string
  /** Since the close-up began; negative for what began before. */
  atMs: number
  /** Absent while it lasts. */
  ms?: number
}

interface Entry {
  /** In the order in which they began, from 1. */
  number: number
  /** Which change of the close-up was this entry's last one. */
  change: number
  /** Since the close-up began. */
  atMs: number
}

/** A hook that ran: most often `receive`, for one message. */
export interface CloseUpHook extends Entry {
  what: 'start' | 'receive' | 'stop'
  /** The message's; empty where it has none. */
  type: string
  lane?: 'user' | 'system'
  /** Who told it: `room 1f`, or `outside`. Absent for what is no message, or was in the mailbox before. */
  from?: string
  /** The id of that actor. */
  sender?: string
  /** In the mailbox. */
  queuedMs?: number
  /** It was out already when the close-up began, at least since `atMs`. */
  before?: true
  /** Until the hook returned. */
  ranMs: number
  /** From then until what it returned had settled; absent for what is no promise, or is still out. */
  awaitedMs?: number
  /** By name, the oldest first. What was awaited besides has none. */
  waits: CloseUpWait[]
  /** Waits that found no place any more. */
  moreWaits?: number
  /** `stopped`: the actor was done with it, or was ending; `forced`: it was given up when the grace time was over. */
  outcome: 'open' | 'ok' | 'failed' | 'stopped' | 'forced'
}

/** A wait that belongs to no hook, such as on a peer that does not read. */
export interface CloseUpHold extends Entry, CloseUpWait {
  what: 'wait'
}

/** A turn in its life. */
export interface CloseUpTurn extends Entry {
  what: 'ending' | 'restart' | 'dead'
  text: string
}

export type CloseUpEntry = CloseUpHook | CloseUpHold | CloseUpTurn

/** Why a close-up is over: its time was up, its actor died, or somebody had seen enough. */
export type CloseUpOver = 'time' | 'dead' | 'hand'

/** A close-up as far as it has come. */
export interface CloseUpReading {
  actor: string
  behavior: string
  beganAt: string
  /** Since it began. */
  ms: number
  /** Until its time is up; 0 when it is over. */
  leftMs: number
  over?: CloseUpOver
  /** Entries that had to go, the oldest first. */
  dropped: number
  /** Changes so far: what is read `since` then is newer, or still open. */
  changes: number
  entries: CloseUpEntry[]
}

/** Entries kept. */
const mostEntries = 2_000
/** Waits kept of one hook. */
const mostWaits = 16
const longestType = 200

export class CloseUp {
  readonly id: string
  readonly behavior: string
  /** Clock time at which its time is up. */
  until: number
  readonly #actor: Actor
  readonly #beganAt: number
  readonly #beganWall: number
  readonly #mailbox: NotedMailbox
  readonly #onOver: (closeUp: CloseUp) => void
  /** A ring: the entry with the number n is at n % mostEntries. */
  readonly #entries: CloseUpEntry[] = []
  #count = 0
  #changes = 0
  /** The hook that is on the stack, or whose promise is out. */
  #current: CloseUpHook | undefined = undefined
  /** When that was entered, and then when it was left. */
  #turnedAt = 0
  readonly #waits = new Map<Wait, [CloseUpWait, CloseUpHook | CloseUpHold]>()
  #over: { why: CloseUpOver; at: number } | undefined = undefined

  /** From now on for `ms`; whoever makes it ends it then. */
  constructor(actor: Actor, ms: number, onOver: (closeUp: CloseUp) => void) {
    const { kernel } = actor
    this.id = actor.id
    this.behavior = actor.behavior.name
    this.#actor = actor
    this.#onOver = onOver
    this.#beganAt = kernel.clock.now()
    this.#beganWall = kernel.clock.wall()
    this.until = this.#beganAt + ms
    this.#mailbox = new NotedMailbox(actor.program.mailbox, kernel, actor.mailbox)
    actor.mailbox = this.#mailbox
    const rare = actor.more()
    rare.closeUp = this
    if (rare.work !== undefined) {
      const { phase, message } = rare.work
      const since = rare.holds.map((hold) => hold.since - this.#beganAt)
      this.#current = this.#hook(phase, message, { before: true, atMs: Math.min(0, ...since) })
      this.#turnedAt = this.#beganAt
    }
    for (const hold of rare.holds) this.#wait(hold, hold.since)
  }

  get over(): CloseUpOver | undefined {
    return this.#over?.why
  }

  /** Until its time is up; 0 when it is over. */
  get leftMs(): number {
    return this.#over === undefined ? Math.max(0, this.until - this.#now()) : 0
  }

  /** What has changed since so many changes, and what is open. */
  read(since = 0): CloseUpReading {
    const now = this.#over?.at ?? this.#now()
    const entries: CloseUpEntry[] = []
    for (let number = this.dropped + 1; number <= this.#count; number++) {
      const entry = this.#entries[number % mostEntries]!
      if (entry.change > since || closeUpGoesOn(entry)) entries.push(copyOf(entry))
    }
    return {
      actor: this.id,
      behavior: this.behavior,
      beganAt: new Date(this.#beganWall).toISOString(),
      ms: now - this.#beganAt,
      leftMs: this.leftMs,
      ...(this.over && { over: this.over }),
      dropped: this.dropped,
      changes: this.#changes,
      entries,
    }
  }

  get dropped(): number {
    return Math.max(0, this.#count - mostEntries)
  }

  /** Takes its hands off the actor; what was seen stays. */
  end(why: CloseUpOver): void {
    if (this.#over !== undefined) return
    const actor = this.#actor
    this.#over = { why, at: this.#now() }
    this.#waits.clear()
    if (actor.rare?.closeUp === this) actor.rare.closeUp = undefined
    if (actor.mailbox === this.#mailbox) {
      actor.mailbox = new Mailbox(actor.program.mailbox)
      this.#mailbox.moveTo(actor.mailbox)
    }
    this.#onOver(this)
  }

  // ── what the actor tells it ──

  /** A hook is about to be called. */
  enter(what: CloseUpHook['what'], letter?: unknown): void {
    const now = this.#now()
    const note = what === 'receive' ? this.#mailbox.taken : undefined
    this.#current = this.#hook(what, bare(letter), {
      ...(note && { lane: note.lane }),
      ...(note?.from !== undefined && { from: note.from }),
      ...(note?.sender !== undefined && { sender: note.sender }),
      ...(note?.at !== undefined && { queuedMs: Math.max(0, now - note.at) }),
    })
    this.#turnedAt = now
  }

  /** It has returned, or thrown. */
  leave(): void {
    const current = this.#current
    if (current === undefined) return
    const now = this.#now()
    current.ranMs = now - this.#turnedAt
    this.#turnedAt = now
    if (this.#actor.flags & Flag.awaiting) this.#touch(current)
    else this.done()
  }

  /** The promise of the hook has settled, or is given up. */
  back(): void {
    if (this.#current !== undefined) this.#current.awaitedMs = this.#now() - this.#turnedAt
  }

  /** The incarnation concludes, by what the hook did unless that is still out. */
  concluded({ code }: End): void {
    if (this.#actor.flags & Flag.awaiting) return
    if (code === 'failed' && !this.#actor.context.ended) this.#turnOut('failed')
    else if (code === 'failed' || code === 'completed') this.#turnOut('stopped')
  }

  /** A stop hook threw, which concludes nothing. */
  failed(): void {
    this.#turnOut('failed')
  }

  /** Nothing is left of the hook. */
  done(outcome: CloseUpHook['outcome'] = 'ok'): void {
    const current = this.#current
    if (current === undefined) return
    this.#turnOut(outcome)
    this.#touch(current)
    this.#current = undefined
  }

  held(wait: Wait): void {
    this.#wait(wait, this.#now())
  }

  released(wait: Wait): void {
    const found = this.#waits.get(wait)
    if (found === undefined) return
    const [row, entry] = found
    row.ms = Math.max(0, this.#now() - this.#beganAt - row.atMs)
    this.#waits.delete(wait)
    this.#touch(entry)
  }

  ending(end: End): void {
    this.#add<CloseUpTurn>({ what: 'ending', text: formatEnd(end) })
  }

  restarting(restarts: number, delayMs: number): void {
    this.#add<CloseUpTurn>({
      what: 'restart',
      text: `restart ${restarts}, ${Math.round(delayMs)} ms from then`,
    })
  }

  died(end: End): void {
    for (const wait of this.#waits.keys()) this.released(wait)
    this.#add<CloseUpTurn>({ what: 'dead', text: formatEnd(end) })
    this.end('dead')
  }

  // ── inside ──

  #now(): number {
    return this.#actor.kernel.clock.now()
  }

  #hook(what: CloseUpHook['what'], message: unknown, more: Partial<CloseUpHook>): CloseUpHook {
    const type = messageType(message).slice(0, longestType)
    return this.#add({ what, type, ...more, ranMs: 0, waits: [], outcome: 'open' })
  }

  /** How it turned out is said once. */
  #turnOut(outcome: CloseUpHook['outcome']): void {
    if (this.#current?.outcome === 'open') this.#current.outcome = outcome
  }

  #wait(wait: Wait, since: number): void {
    const { code, name, row, generation } = wait
    const found: CloseUpWait = {
      class: waitClasses[code]!,
      target: name,
      ...(row !== noRow && { actor: idOf(row, generation) }),
      atMs: since - this.#beganAt,
    }
    const current = this.#current
    if (current === undefined) {
      const entry = this.#add<CloseUpHold>({ what: 'wait', ...found })
      this.#waits.set(wait, [entry, entry])
    } else if (current.waits.length < mostWaits) {
      current.waits.push(found)
      this.#waits.set(wait, [found, current])
      this.#touch(current)
    } else current.moreWaits = (current.moreWaits ?? 0) + 1
  }

  #add<E extends CloseUpEntry>(facts: Omit<E, keyof Entry> & Partial<Entry>): E {
    const number = ++this.#count
    const at = { number, change: ++this.#changes, atMs: this.#now() - this.#beganAt }
    const entry = { ...at, ...facts } as unknown as E
    this.#entries[number % mostEntries] = entry
    return entry
  }

  #touch(entry: CloseUpEntry): void {
    entry.change = ++this.#changes
  }
}

/** What goes on changes; what was read does not. */
function copyOf(entry: CloseUpEntry): CloseUpEntry {
  return 'waits' in entry
    ? { ...entry, waits: entry.waits.map((wait) => ({ ...wait })) }
    : { ...entry }
}

/** It goes on, as far as is known. */
export function closeUpGoesOn(entry: CloseUpEntry): boolean {
  if (entry.what === 'wait') return entry.ms === undefined
  return 'outcome' in entry && entry.outcome === 'open'
}
