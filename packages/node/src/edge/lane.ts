// The commands of one connection, in order. One that takes time goes on beside those behind it, up to a number of them;
// but a connect is waited for by all, and a subscribe by what concerns the same room.
//
//   command ─▶ nobody waits · a place is free · its room is not just being entered ─▶ run
//                 └─ else ─▶ backlog, and reading pauses                                └ answered ─▶ the next

import type { Command, Rejected } from '@sluice/protocol'

/** A command, or what was sent in the place of one. */
export type Item = Command | Rejected

/** Whose commands these are. */
export interface LaneOwner {
  /** For now, nothing is taken. */
  readonly held: boolean
  /** Starts one. The promise, if any, settles when it is answered, and never rejects. */
  run(item: Item): Promise<void> | undefined
  /** The backlog is empty again. */
  caughtUp(): void
}

/** No backlog, no room being entered: what nearly all connections have. */
const none: never[] = []

export class Lane {
  readonly #owner: LaneOwner
  readonly #places: number
  #underWay = 0
  #backlog: Item[] = none
  /** Rooms whose subscribe has no answer yet. */
  #entering: string[] = none

  constructor(owner: LaneOwner, places: number) {
    this.#owner = owner
    this.#places = places
  }

  /** True when nothing waits. */
  get free(): boolean {
    return this.#backlog.length === 0
  }

  take(item: Item): void {
    if (this.free && this.#admits(item)) this.#start(item)
    else if (this.free) this.#backlog = [item]
    else this.#backlog.push(item)
  }

  /** Forgets what waits. */
  clear(): void {
    this.#backlog = none
  }

  #admits(item: Item): boolean {
    if (this.#owner.held || this.#underWay >= this.#places) return false
    const room = this.#entering.length > 0 ? roomOf(item) : undefined
    return room === undefined || !this.#entering.includes(room)
  }

  #start(item: Item): void {
    const done = this.#owner.run(item)
    if (done === undefined) return
    this.#underWay++
    const room = item.method === 'subscribe' ? roomOf(item) : undefined
    if (room !== undefined) this.#entering = [...this.#entering, room]
    void done.then(() => {
      this.#underWay--
      if (room !== undefined) this.#entering = without(this.#entering, room)
      this.#catchUp()
    })
  }

  #catchUp(): void {
    if (this.free) return
    let taken = 0
    for (const item of this.#backlog) {
      if (!this.#admits(item)) break
      taken++
      this.#start(item)
    }
    this.#backlog = taken < this.#backlog.length ? this.#backlog.slice(taken) : none
    if (this.free) this.#owner.caughtUp()
  }
}

function roomOf(item: Item): string | undefined {
  return 'request' in item && 'channel' in item.request ? item.request.channel : undefined
}

function without(rooms: readonly string[], room: string): string[] {
  const rest = rooms.filter((each) => each !== room)
  return rest.length === 0 ? none : rest
}
