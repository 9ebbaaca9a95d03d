// Histories in which every promise is kept, from arbitrary scripts: a model of rooms with streams, and of clients that
// come, lag, leave, are told to begin anew, and come back. What checker.ts finds in one of them is the checker's fault.

import * as fc from 'fast-check'
import { History, type HistoryEvent, type Seen } from './history.ts'

const acts = [
  ...(['invoke', 'invoke', 'settle', 'settle', 'settle', 'deliver', 'deliver', 'deliver'] as const),
  ...(['enter', 'enter', 'leave', 'tell', 'trim', 'rollBack'] as const),
  ...(['land', 'fork', 'rotate'] as const),
]
/** Only where Redis may lose what it had. */
const losing: ReadonlySet<string> = new Set(['rollBack', 'fork', 'rotate'])

interface Step {
  readonly act: (typeof acts)[number]
  readonly room: number
  readonly client: number
  readonly pick: number
}

const roomCount = 2
const clientCount = 3

interface Room {
  readonly name: string
  epoch: number
  /** The stream: the first is at offset 1. */
  log: Seen[]
  /** Up to this offset they are no longer kept. */
  trimmed: number
  /** Rolled back to an earlier place, and somebody knows: sooner or later it gets a new epoch. */
  forked: boolean
  pending: string[]
  published: number
}

interface Member {
  inside: boolean
  epoch: number
  offset: number
}

/** Good histories; with `rollBacks`, streams are lost now and then, and everybody is told. */
export function goodHistories({ rollBacks }: { rollBacks: boolean }): fc.Arbitrary<HistoryEvent[]> {
  const step = fc.record<Step>({
    act: fc.constantFrom(...acts.filter((act) => rollBacks || !losing.has(act))),
    room: fc.nat(roomCount - 1),
    client: fc.nat(clientCount - 1),
    pick: fc.nat(99),
  })
  return fc.array(step, { minLength: 20, maxLength: 120 }).map(play)
}

function play(steps: readonly Step[]): HistoryEvent[] {
  const model = new Model()
  for (const step of steps) model.act(step)
  model.finish()
  return model.history.events
}

class Model {
  readonly history = new History()
  readonly #rooms: Room[] = Array.from({ length: roomCount }, (_, i) => ({
    ...{ name: `room-${i}`, epoch: 1, log: [], trimmed: 0, forked: false },
    ...{ pending: [], published: 0 },
  }))
  readonly #members: Member[][] = this.#rooms.map(() =>
    Array.from({ length: clientCount }, () => ({ inside: false, epoch: 0, offset: 0 })),
  )

  act({ act, room: nth, client, pick }: Step): void {
    const room = this.#rooms[nth]!
    const member = this.#members[nth]![client]!
    switch (act) {
      case 'invoke':
        this.#invoke(room)
        return
      case 'settle':
        this.#settle(room, pick)
        return
      case 'deliver':
        this.#deliver(room, member, client)
        return
      case 'enter':
        this.#enter(room, member, client)
        return
      case 'leave':
      case 'tell':
        this.#goOut(room, member, client, act === 'tell')
        return
      case 'trim':
        room.trimmed = room.log.length
        return
      case 'land':
        this.#land(room, pick)
        return
      case 'fork':
        this.#fork(room, this.#members[nth]!, pick)
        return
      case 'rotate':
        if (room.forked) this.#rollBack(room, this.#members[nth]!, pick)
        return
      case 'rollBack':
        this.#rollBack(room, this.#members[nth]!, pick)
    }
  }

  /** Everybody comes back, hears what is left, and one more message. */
  finish(): void {
    for (const [nth, room] of this.#rooms.entries()) {
      const members = this.#members[nth]!
      if (room.forked) this.#rollBack(room, members, 0)
      for (const [client, member] of members.entries()) this.#enter(room, member, client)
      while (room.pending.length > 0) this.#settle(room, 0)
      this.#invoke(room)
      this.#settle(room, 0)
      for (const [client, member] of members.entries()) {
        while (member.offset < room.log.length) this.#deliver(room, member, client)
      }
    }
    const all = Array.from({ length: clientCount }, (_, client) => `client-${client}`)
    for (const { name: room } of this.#rooms) {
      for (const client of all) {
        this.history.add({ type: 'final', client, room, as: `${client}-id` })
      }
      for (const node of ['node-0', 'node-1']) {
        this.history.add({ type: 'present', node, room, ids: all.map((client) => `${client}-id`) })
      }
    }
  }

  /** Whoever is told that a publish failed can rely on it: nobody saw it. */
  readonly #seen = new Set<string>()

  #invoke(room: Room): void {
    const id = `${room.name}/${++room.published}`
    room.pending.push(id)
    this.history.add({ type: 'invoked', room: room.name, id })
  }

  /** It is there, and nobody has been told yet. */
  #land({ log, pending }: Room, pick: number): void {
    const id = pending[pick % Math.max(1, pending.length)]
    if (id !== undefined && log.every((seen) => seen.id !== id))
      log.push({ offset: log.length + 1, id })
  }

  #settle({ name, epoch, log, pending }: Room, pick: number): void {
    const [id] = pending.splice(pick % Math.max(1, pending.length), 1)
    if (id === undefined) return
    const landed = log.find((seen) => seen.id === id)?.offset
    const way = pick % 5
    const type =
      way < 2
        ? 'acked'
        : way === 2 && landed === undefined && !this.#seen.has(id)
          ? 'failed'
          : 'unknown'
    const offset = landed ?? log.length + 1
    if (way !== 2 && way !== 3 && landed === undefined) log.push({ offset, id })
    const position = way === 0 ? { offset, epoch: `e${epoch}` } : {}
    this.history.add({ type, room: name, id, ...position })
  }

  /** A failover: the last ones are gone, and whoever has seen one of them is told, now. Others stay. */
  #fork(room: Room, members: readonly Member[], pick: number): void {
    const length = Math.max(room.trimmed, room.log.length - (pick % 4))
    if (length === room.log.length) return
    room.log.length = length
    room.forked = true
    for (const [client, member] of members.entries()) {
      if (member.epoch !== room.epoch || member.offset <= length) continue
      this.#goOut(room, member, client, pick % 2 === 0)
      // Its position is of a branch that is no more.
      member.epoch = -1
    }
  }

  #rollBack(room: Room, members: readonly Member[], pick: number): void {
    for (const [i, each] of members.entries()) this.#goOut(room, each, i, (pick + i) % 2 === 0)
    Object.assign(room, { epoch: room.epoch + 1, log: [], trimmed: 0, forked: false })
  }

  #deliver(room: Room, member: Member, client: number): void {
    const seen = room.log[member.offset]
    if (!member.inside || seen === undefined) return
    member.offset++
    this.#seen.add(seen.id)
    this.history.add({ type: 'received', client: `client-${client}`, room: room.name, ...seen })
  }

  #enter({ name, epoch, log, trimmed }: Room, member: Member, client: number): void {
    if (member.inside) return
    const first = member.epoch === 0
    const complete = !first && member.epoch === epoch && member.offset >= trimmed
    const publications = complete ? log.slice(member.offset) : []
    for (const { id } of publications) this.#seen.add(id)
    Object.assign(member, { inside: true, epoch, offset: log.length })
    this.history.add({
      ...{ type: 'subscribed', client: `client-${client}`, room: name, epoch: `e${epoch}` },
      ...{ offset: log.length, recovered: first ? undefined : complete, publications },
    })
  }

  #goOut({ name }: Room, member: Member, client: number, told: boolean): void {
    if (!member.inside) return
    member.inside = false
    this.history.add({ type: told ? 'told' : 'left', client: `client-${client}`, room: name })
  }
}
