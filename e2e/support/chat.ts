// People in a room who talk without end, and notice every word that is missing: the measure of being undisturbed.
//
//   word n ─▶ its speaker publishes ─▶ everybody hears n, just after n-1, at offset n ─▶ word n+1, by the next one
//
// A word that does not arrive stops the talk, so nothing lost can go unnoticed; one that comes twice, late, or to
// somebody who was thrown out is a fault that is kept for the end.

import { setTimeout as sleep } from 'node:timers/promises'
import { openRaw, type RawClient, type RawOptions } from './raw.ts'

export interface ChatOptions {
  room: string
  /** Default 2. */
  members?: number
  /** Between two words, so that the talk leaves the machine to others. Default 5. */
  pauseMs?: number
  from?: string
}

/** How long a word may take before it counts as lost: far longer than any test should ever see. */
const lostMs = 20_000

/** Enters a room with this many people and lets them talk. */
export async function startChat(
  url: string,
  { room, members = 2, pauseMs = 5, from }: ChatOptions,
): Promise<Chat> {
  const chat = new Chat(room, pauseMs)
  const options: RawOptions = from === undefined ? {} : { from }
  for (let i = 0; i < members; i++) await chat.enter(url, options)
  chat.begin()
  return chat
}

/** Many rooms of people; they enter from several source addresses, a room at a time. */
export async function startChats(
  url: string,
  options: { rooms: number; members: number; pauseMs: number; sources?: readonly string[] },
): Promise<Chat[]> {
  const { rooms, members, pauseMs, sources = ['127.0.0.1'] } = options
  const chats: Chat[] = []
  for (let i = 0; i < rooms; i++) {
    const from = sources[i % sources.length]!
    chats.push(await startChat(url, { room: `chat-${i}`, members, pauseMs, from }))
  }
  return chats
}

export class Chat {
  readonly room: string
  /** What should not have happened. */
  readonly faults: string[] = []
  /** Milliseconds from a word to the last who heard it. */
  readonly delays: number[] = []
  /** Words that everybody has heard. */
  words = 0
  readonly #pauseMs: number
  readonly #members: RawClient[] = []
  #missing = 0
  #everybodyHeard: () => void = () => {}
  #ending = false
  #talk: Promise<void> = Promise.resolve()
  #listeners: (() => void)[] = []

  constructor(room: string, pauseMs: number) {
    this.room = room
    this.#pauseMs = pauseMs
  }

  /** One more member; only before the talk begins. */
  async enter(url: string, options: RawOptions): Promise<void> {
    const place = this.#members.length
    let heard = 0
    const client = await openRaw(url, {
      ...options,
      hear: (message) => {
        if (message.startsWith('{"push":')) this.#hear(place, ++heard, message)
        else if (message.includes('"error":')) this.#fault(place, message)
      },
    })
    await client.call('connect', {})
    const { subscribe } = await client.call('subscribe', { channel: this.room })
    if (subscribe === undefined) throw new Error(`nobody can enter ${this.room}`)
    void client.closed.then(({ code, reason }) => {
      if (!this.#ending) this.#fault(place, `closed with ${code} ${reason}`)
    })
    this.#members.push(client)
  }

  begin(): void {
    this.#talk = this.#speak()
  }

  /** Resolves when words that were spoken after this call have reached everybody, whoever spoke. */
  async goOn(): Promise<void> {
    const wanted = this.words + this.#members.length + 1
    while (this.words < wanted && !this.#stuck && !this.#ending)
      await new Promise<void>((r) => this.#listeners.push(r))
    this.check()
  }

  /** Ends the talk after a last word that everybody hears, and takes everybody out. */
  async stop(): Promise<void> {
    this.#ending = true
    await this.#talk
    await Promise.all(this.#members.map((member) => member.close()))
    this.check()
  }

  /** Throws if anything was lost. */
  check(): void {
    if (this.faults.length === 0) return
    throw new Error(
      `${this.room}, after ${this.words} words: ${this.faults.slice(0, 5).join('; ')}`,
    )
  }

  get #stuck(): boolean {
    return this.faults.length > 0
  }

  async #speak(): Promise<void> {
    while (!this.#ending && !this.#stuck) {
      const started = performance.now()
      const speaker = this.#members[this.words % this.#members.length]!
      this.#missing = this.#members.length
      const heard = new Promise<void>((resolve) => {
        this.#everybodyHeard = resolve
      })
      const timer = setTimeout(() => {
        this.#fault(-1, `word ${this.words + 1} did not reach ${this.#missing} members`)
      }, lostMs)
      const { words } = this
      speaker.frame(
        JSON.stringify({
          id: words + 1_000,
          publish: { channel: this.room, data: { word: words + 1 } },
        }),
      )
      await heard
      clearTimeout(timer)
      if (this.#stuck) break
      this.delays.push(performance.now() - started)
      this.words++
      for (const listener of this.#listeners.splice(0)) listener()
      await sleep(this.#pauseMs)
    }
  }

  #hear(place: number, nth: number, message: string): void {
    const { push } = JSON.parse(message) as {
      push: { channel?: string; pub?: { data: { word: number }; offset?: number } }
    }
    const word = push.pub?.data.word
    const { offset = nth } = push.pub ?? {}
    if (push.channel !== this.room || word !== nth || offset !== nth || nth !== this.words + 1) {
      this.#fault(place, `word ${nth} was ${message}, while ${this.words + 1} was spoken`)
      return
    }
    if (--this.#missing === 0) this.#everybodyHeard()
  }

  #fault(place: number, what: string): void {
    this.faults.push(place < 0 ? what : `member ${place}: ${what}`)
    this.#everybodyHeard()
    for (const listener of this.#listeners.splice(0)) listener()
  }
}

/** The delays of all their words, as percentiles in milliseconds. */
export function delaysOf(chats: readonly Chat[]): { p50: number; p99: number; max: number } {
  const all = chats.flatMap(({ delays }) => delays).sort((a, b) => a - b)
  const at = (part: number): number =>
    all[Math.min(all.length - 1, Math.floor(part * all.length))] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
