// Many members of one room who listen to a broadcast, each of whom notices every message that is missing, and some of
// whom read slowly or not at all.

import { setTimeout as sleep } from 'node:timers/promises'
import { openRaw, type RawClient } from './raw.ts'

/** One member. */
export class Listener {
  readonly client: RawClient
  /** The offset of the last message heard; 0 for none. */
  offset = 0
  heard = 0
  /** Offsets that were never heard: each the first of a gap, with its length. */
  readonly gaps: (readonly [first: number, length: number])[] = []
  /** Milliseconds from the publisher to here, for messages that say when they were sent. */
  delays: number[] = []
  /** Hears every publication as well. */
  also: ((message: string) => void) | undefined = undefined
  #waiting: { offset: number; resolve: () => void }[] = []
  #lost: string | undefined = undefined

  constructor(client: RawClient) {
    this.client = client
    void client.closed.then(({ code, reason }) => {
      this.#lost = `closed with ${code} ${reason}`
      for (const { resolve } of this.#waiting.splice(0)) resolve()
    })
  }

  /** Resolves when this offset, or one behind it, was heard. Rejects if the connection ends before. */
  async reaches(offset: number): Promise<void> {
    while (this.offset < offset) {
      if (this.#lost !== undefined) throw new Error(`${this.#lost} at ${this.offset} of ${offset}`)
      await new Promise<void>((resolve) => this.#waiting.push({ offset, resolve }))
    }
  }

  /** Reads no more than it must at a time, with a pause after each piece of at most 64 KiB. */
  readSlowly(pauseMs: number): void {
    this.client.socket.on('data', () => {
      this.client.stopReading()
      setTimeout(() => this.client.startReading(), pauseMs)
    })
    this.client.startReading()
  }

  hear(message: string): void {
    if (!message.startsWith('{"push":{"channel":')) return
    // Not parsed: a crowd of these hears a million messages in a few seconds.
    const offset = numberAt(message, message.lastIndexOf('"offset":') + 9)
    if (offset > this.offset + 1) this.gaps.push([this.offset + 1, offset - this.offset - 1])
    if (offset <= this.offset) this.gaps.push([offset, 0])
    this.offset = offset
    this.heard++
    const at = message.indexOf('{"at":')
    if (at > 0) this.delays.push(performance.now() - numberAt(message, at + 6))
    this.also?.(message)
    // In the order of their offsets: they are waited for one after the other.
    while (this.#waiting[0] !== undefined && this.#waiting[0].offset <= offset) {
      this.#waiting.shift()?.resolve()
    }
  }
}

/** So many members of a room, in the order in which they entered. */
export async function gather(url: string, room: string, size: number): Promise<Listener[]> {
  const listeners: Listener[] = []
  const enter = async (): Promise<void> => {
    let listener: Listener | undefined
    const client = await openRaw(url, { hear: (message) => listener?.hear(message) })
    await client.call('connect', {})
    listener = new Listener(client)
    const { subscribe } = await client.call('subscribe', { channel: room })
    listener.offset = (subscribe as { offset?: number }).offset ?? 0
    listeners.push(listener)
  }
  while (listeners.length < size) {
    await Promise.all(Array.from({ length: Math.min(50, size - listeners.length) }, enter))
  }
  return listeners
}

export interface Broadcast {
  room: string
  /** Messages in all. */
  messages: number
  /** About: of one message's data. */
  bytes: number
  /** Messages sent together. Default 5. */
  burst?: number
  /** The least time between two bursts. Default 0. */
  everyMs?: number
}

/** Bursts that may be on their way at once. */
const window = 4

/**
 * Publishes as fast as these listeners can hear, so that none of them falls behind for want of a processor; resolves
 * when they have heard all of it.
 */
export async function broadcast(
  url: string,
  { room, messages, bytes, burst = 5, everyMs = 0 }: Broadcast,
  listeners: readonly Listener[],
): Promise<void> {
  const pad = 'x'.repeat(bytes)
  const first = listeners[0]?.offset ?? 0
  const publisher = await openRaw(url)
  await publisher.call('connect', {})
  const heard: Promise<unknown>[] = []
  for (let sent = 0; sent < messages;) {
    const commands = Array.from({ length: Math.min(burst, messages - sent) }, (_, i) =>
      JSON.stringify({
        id: sent + i + 2,
        publish: { channel: room, data: { at: performance.now(), pad } },
      }),
    )
    for (const command of commands) publisher.frame(command)
    sent += commands.length
    const upTo = first + sent
    heard.push(Promise.all(listeners.map((listener) => listener.reaches(upTo))))
    await heard[heard.length - window]
    if (everyMs > 0) await sleep(everyMs)
  }
  await Promise.all(heard)
  const refused = publisher.messages.find((message) => message.includes('"error"'))
  if (refused !== undefined) throw new Error(`a message was refused: ${refused}`)
  await publisher.close()
}

/** The delays of all of them, as percentiles in milliseconds. */
export function delaysOf(listeners: readonly Listener[]): {
  p50: number
  p99: number
  max: number
} {
  const all = Float64Array.from(listeners.flatMap(({ delays }) => delays)).sort()
  const at = (part: number): number => all[Math.min(all.length - 1, Math.floor(part * all.length))]!
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

function numberAt(text: string, at: number): number {
  return Number.parseFloat(text.slice(at, at + 24))
}
