// Rooms over the wire: entered when it opens, and entered again after every cut from where they were. The node then
// says what was missed, all of it or none, so a page never mistakes a part for the whole:
//
//   ─▶ {"id":2,"subscribe":{"channel":"lobby"}}
//   ◀─ {"id":2,"subscribe":{"recoverable":true,"epoch":"x","offset":7}}
//   ◀─ {"push":{"channel":"lobby","pub":{"data":…,"offset":8}}}
//       cut
//   ─▶ {"id":9,"subscribe":{"channel":"lobby","recover":true,"epoch":"x","offset":8}}
//   ◀─ {"id":9,"subscribe":{"was_recovering":true,"recovered":true,"publications":[…],"epoch":"x","offset":11}}

import { backoff, notConnected } from './wire.js'

/**
 * @typedef {import('./wire.js').Info} Info
 * @typedef {import('./wire.js').Publication} Publication
 * @typedef {{ epoch?: string, offset?: number, recovered?: boolean, publications?: Publication[] }} Place
 */

/**
 * How a room was entered. `returned`: not for the first time. `complete`: nothing is missing, and `missed` publications
 * follow. `renewed`: the room's past began anew, so offsets count from 1 again.
 * @typedef {{ returned: boolean, complete: boolean, missed: number, renewed: boolean }} Entry
 */

/**
 * What a room tells whoever joined it.
 * @typedef {object} Listener
 * @property {(publication: Publication) => void} publication
 * @property {(entry: Entry) => void} [entered] before the publications that it brings
 * @property {(info: Info) => void} [joined] somebody came
 * @property {(info: Info) => void} [left] somebody went
 * @property {(why: string) => void} [refused] out, for good
 */

/** @typedef {{ channel: string, listener: Listener, epoch: string, offset: number, been: boolean, tries: number }} Room */

export class Rooms {
  #wire
  /** @type {Map<string, Room>} */
  #rooms = new Map()

  /** @param {import('./wire.js').Wire} wire */
  constructor(wire) {
    this.#wire = wire
    wire.onPush((push) => this.#pushed(push))
    wire.onState(({ name }) => {
      if (name === 'open') for (const room of this.#rooms.values()) this.#enter(room)
    })
  }

  /**
   * In, now and after every cut, until `leave`.
   * @param {string} channel
   * @param {Listener} listener
   */
  join(channel, listener) {
    const room = { channel, listener, epoch: '', offset: 0, been: false, tries: 0 }
    this.#rooms.set(channel, room)
    this.#enter(room)
  }

  /** @param {string} channel */
  leave(channel) {
    if (this.#rooms.delete(channel)) this.#wire.ask('unsubscribe', { channel }, () => {})
  }

  /** @param {Room} room */
  #enter(room) {
    const { channel, epoch, offset } = room
    const from = epoch === '' ? {} : { recover: true, epoch, offset }
    this.#wire.ask('subscribe', { channel, ...from }, (error, result) => {
      // Without a connection there is nothing to do: the next one enters every room.
      if (!this.#has(room) || error === notConnected) return
      if (error === undefined) this.#entered(room, /** @type {Place} */ (result))
      else if (error.temporary) this.#enterLater(room)
      else this.#out(room, error.message)
    })
  }

  /** @param {Room} room */
  #enterLater(room) {
    const { client } = this.#wire
    setTimeout(
      () => {
        if (this.#has(room) && client === this.#wire.client) this.#enter(room)
      },
      backoff(room.tries++),
    )
  }

  /** @param {Room} room @param {Place} place */
  #entered(room, { epoch = '', offset = 0, recovered = false, publications = [] }) {
    const returned = room.been
    const renewed = returned && epoch !== room.epoch
    Object.assign(room, { epoch, been: true, tries: 0 })
    if (!recovered) room.offset = offset
    const missed = publications.length
    room.listener.entered?.({ returned, complete: recovered, missed, renewed })
    for (const publication of publications) this.#published(room, publication)
  }

  /** @param {import('./wire.js').Push} push */
  #pushed({ channel, pub, join, leave, unsubscribe }) {
    const room = this.#rooms.get(channel)
    if (room === undefined) return
    if (pub) this.#published(room, pub)
    else if (join) room.listener.joined?.(join.info)
    else if (leave) room.listener.left?.(leave.info)
    else if (unsubscribe) {
      // From 2500 on the node means: come again, and see whether anything is missing.
      if (unsubscribe.code >= 2500) this.#enter(room)
      else this.#out(room, unsubscribe.reason)
    }
  }

  /** @param {Room} room @param {Publication} publication */
  #published(room, publication) {
    const { offset } = publication
    // Never twice, whether it came live or with an answer.
    if (offset !== undefined && offset <= room.offset) return
    if (offset !== undefined) room.offset = offset
    room.listener.publication(publication)
  }

  /** @param {Room} room @param {string} why */
  #out(room, why) {
    this.#rooms.delete(room.channel)
    room.listener.refused?.(why)
  }

  /** @param {Room} room */
  #has(room) {
    return this.#rooms.get(room.channel) === room
  }
}
