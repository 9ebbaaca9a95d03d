// The books of a gateway: whatever came and went, what is there must be what is counted, and nothing else.
//
//   actors = the fixed set + sockets + rooms        timers = those of an idle node + one heartbeat for each client
//   connections = sockets                           listeners = those of an idle node
//   orphans = 0, unknown ends = 0, forced ends = 0, mailboxes empty, no room without members

import { setTimeout as sleep } from 'node:timers/promises'
import type { Gateway } from './gateway.ts'

/** What a node holds when nobody is connected. */
export interface Books {
  readonly actors: number
  readonly timers: number
  readonly listeners: number
  readonly rssBytes: number
}

export interface Expected {
  /** Open sockets, all of them connected. */
  sockets: number
  /** Rooms with members. Plain rooms: a room's behaviour is one more actor. */
  rooms: number
  /** Actors below rooms and services: behaviours and what they spawned. Default 0. */
  behaviors?: number
  /** Ended by force, such as a handler that did not stop. Default 0. */
  forced?: number
}

/** What every chaos must end in. */
export const nothingLeft = { orphans: 0, ends_unknown: 0 } as const

/** The design allows 30 s after any chaos. */
const settleMs = 20_000

/** Reads an idle node's. */
export async function openBooks(gateway: Gateway): Promise<Books> {
  const vars = await gateway.vars()
  if (vars['sockets'] !== 0 || vars['rooms'] !== 0) throw new Error('the node is not idle')
  return {
    actors: Number(vars['actors']),
    timers: Number(vars['timers']),
    listeners: Number(vars['listeners']),
    rssBytes: Number(vars['rss_bytes']),
  }
}

/** Resolves with the figures as soon as the books balance; rejects with every difference that lasts. */
export async function balance(
  gateway: Gateway,
  books: Books,
  { sockets, rooms, behaviors = 0, forced = 0 }: Expected,
): Promise<Record<string, number | string>> {
  const expected: Record<string, number> = {
    sockets,
    rooms,
    connections: sockets,
    clients: sockets,
    actors: books.actors + sockets + rooms + behaviors,
    timers: books.timers + sockets,
    listeners: books.listeners,
    mailbox_messages: 0,
    ...nothingLeft,
    forced,
  }
  const deadline = performance.now() + settleMs
  for (;;) {
    const vars = await gateway.vars()
    const wrong = Object.entries(expected).filter(([name, value]) => vars[name] !== value)
    if (wrong.length === 0) return vars
    if (performance.now() > deadline) {
      const said = wrong.map(([name, value]) => `${name} is ${vars[name]} and not ${value}`)
      throw new Error(`after ${settleMs} ms the books do not balance: ${said.join(', ')}`)
    }
    await sleep(50)
  }
}
