// The one behaviour of a room in the whole cluster. On each node where the room is open this speaks for it: it asks the bus who
// owns the room, and is either the behaviour's home or the way there.
//
//   call ─▶ own? ─ here ──────▶ behaviour, below this node's room; all that it publishes there carries the token
//                └ elsewhere ─▶ ask the owner ─▶ answers.ts there ─▶ behaviour      what is left of the time travels along
//
// The owner hears of the members on all nodes (reports.ts ─▶ roll.ts). With a new owner the behaviour starts anew.

import type { ClientInfo } from '@sluice/cluster'
import { type Self, SluiceError, type Timer } from '@sluice/core'
import { notNow, Refused } from '../refusals.ts'
import type { Room } from '../rooms/room.ts'
import type { Services } from '../services.ts'
import { type Call, parseAnswer, type RemoteAnswer, type RemoteQuestion } from './remote.ts'
import { pulseMs, Reports } from './reports.ts'
import { Roll } from './roll.ts'
import { type RoomBehavior, type RoomVoice, startRoomBehavior } from './room-behavior.ts'

export class Singleton implements RoomVoice {
  readonly #room: Room
  readonly #self: Self<never>
  readonly #path: string
  readonly #services: Services
  readonly #roll: Roll
  readonly #reports: Reports
  /** The behaviour, while this node owns the room. */
  #here: RoomBehavior | undefined = undefined
  /** The node that owns the room, as long as nobody doubts it. */
  #owner: string | undefined = undefined
  /** Of the latest owner elsewhere. */
  #token = -1
  #locating: Promise<RoomBehavior | string> | undefined = undefined
  #sweep: Timer | undefined = undefined
  #closed = false

  constructor(room: Room, self: Self<never>, path: string) {
    this.#room = room
    this.#self = self
    this.#path = path
    this.#services = room.services
    this.#roll = new Roll({
      joined: (client) => this.#here?.joined(client),
      left: (client) => this.#here?.left(client),
    })
    this.#reports = new Reports(this.#services, {
      room: room.name,
      members: () => this.#membersHere(),
      locate: async () => {
        const place = await this.#locate()
        return typeof place === 'string' ? place : undefined
      },
      ask: (node, question) => this.#ask(node, question, this.#services.system.askTimeoutMs),
      lost: (node) => this.#doubt(node),
    })
  }

  /** Members on other nodes keep the room open where its behaviour is. */
  get needed(): boolean {
    return this.#here !== undefined && this.#roll.isPeopled(this.#services.uid)
  }

  get actor(): string | undefined {
    return this.#here?.actor
  }

  get owner(): string | undefined {
    return this.#here === undefined ? this.#owner : this.#services.uid
  }

  joined(client: ClientInfo): void {
    this.#tell('joined', client)
  }

  left(client: ClientInfo): void {
    this.#tell('left', client)
  }

  publish(data: unknown, client: ClientInfo): Promise<unknown> | undefined {
    const { accepts } = this.#services.modules.get(this.#path)
    if (accepts?.includes('publish') === false) return undefined
    return this.#call({ type: 'publish', room: this.#room.name, data, client })
  }

  rpc(method: string, data: unknown, client: ClientInfo): Promise<unknown> {
    return this.#call({ type: 'rpc', room: this.#room.name, method, data, client })
  }

  close(last: boolean): void {
    if (this.#closed) return
    this.#closed = true
    this.#reports.close()
    if (this.#here === undefined) return
    const orphans = this.#rest()
    if (!last) return
    const { name } = this.#room
    this.#services.follow('disown', name, this.#services.bus.disown(name))
    this.#tellVacant(orphans)
  }

  // ── called on behalf of other nodes ──

  /** What another node asks, if the room is this node's. */
  async answer(
    question: Exclude<RemoteQuestion, { type: 'vacant' }>,
    from: string,
    timeoutMs: number,
  ): Promise<RemoteAnswer> {
    const { system } = this.#services
    const until = system.now + timeoutMs
    // The asker had it from the bus: what is known here may be older.
    this.#owner = undefined
    const place = await this.#locate()
    if (typeof place === 'string' || place !== this.#here) return { type: 'elsewhere' }
    this.#room.touch()
    if (question.type !== 'members') {
      const data = await run(place, question, until - system.now)
      return { type: 'done', data, again: !this.#roll.knows(from) }
    }
    const taken = this.#roll.take(from, question, system.now)
    // The last member elsewhere may have left: the room's time begins.
    this.#room.touch()
    return { type: taken ? 'done' : 'again' }
  }

  /** The owner gave the room up. */
  vacant(): void {
    this.#owner = undefined
    this.#reports.restart()
  }

  /** This node owns the room no longer: its behaviour ends, and whoever calls asks who does. */
  disowned(): void {
    if (this.#here === undefined) return
    const behavior = this.#here
    const orphans = this.#rest()
    behavior.stop('disowned')
    this.#tellVacant(orphans)
    this.#reports.restart()
    this.#room.touch()
  }

  // ── its own ──

  #tell(type: 'joined' | 'left', client: ClientInfo): void {
    if (this.#here === undefined) {
      this.#reports.add({ type, client })
      return
    }
    const report = { first: false, last: false, changes: [{ type, client }] }
    this.#roll.take(this.#services.uid, report, this.#services.system.now)
  }

  async #call(call: Call): Promise<unknown> {
    const { system } = this.#services
    const until = system.now + system.askTimeoutMs
    this.#room.touch()
    for (let tries = 0; ; tries++) {
      // oxlint-disable-next-line no-await-in-loop -- the second try follows the first
      const place = await this.#locate()
      if (typeof place !== 'string') return run(place, call, until - system.now)
      // The owner should know of a member before it hears its call.
      // oxlint-disable-next-line no-await-in-loop -- as above
      await this.#reports.settled()
      const left = until - system.now
      if (left <= 0)
        throw new SluiceError('ask_timeout', `room ${this.#room.name}: no owner in time`)
      // oxlint-disable-next-line no-await-in-loop -- as above
      const answer = await this.#askOwner(place, call, left)
      if (answer.type === 'done') {
        // The owner's behaviour has started anew since our members were told.
        if (answer.again === true) this.#reports.restart()
        return answer.data
      }
      if (answer.type === 'refused') throw new Refused(answer.error)
      // Nothing was done there, so it can be asked for again.
      this.#doubt(place)
      if (tries > 0) throw new Refused(notNow)
    }
  }

  /** What is followed here is followed there. */
  async #askOwner(node: string, call: Call, timeoutMs: number): Promise<RemoteAnswer> {
    const { tracing } = this.#services
    if (tracing === undefined) return this.#ask(node, call, timeoutMs)
    return tracing.part('ask owner', { 'sluice.room': call.room }, () => {
      const traceparent = tracing.traceparent()
      const followed = traceparent === undefined ? call : { ...call, traceparent }
      return this.#ask(node, followed, timeoutMs)
    })
  }

  /** The behaviour if it is here, or the node where it is. */
  async #locate(): Promise<RoomBehavior | string> {
    if (this.#closed) throw new Refused(notNow)
    const known = this.#here ?? this.#owner
    if (known !== undefined) return known
    this.#locating ??= this.#own().finally(() => (this.#locating = undefined))
    return this.#locating
  }

  async #own(): Promise<RoomBehavior | string> {
    const { bus, directory } = this.#services
    const { name } = this.#room
    const { owner, token, own } = await bus.own(name)
    if (this.#closed) {
      // Unless another room has the name by now, and needs it.
      if (own && directory.get(name) === undefined) {
        this.#services.follow('disown', name, bus.disown(name))
      }
      throw new Refused(notNow)
    }
    if (own) return this.#here ?? this.#start(token)
    this.#owner = owner
    // Another owner, or the same one anew: it knows of no members yet.
    if (token !== this.#token) this.#reports.restart()
    this.#token = token
    return owner
  }

  #start(token: number): RoomBehavior {
    const { system, uid } = this.#services
    let behavior: RoomBehavior
    try {
      behavior = startRoomBehavior(this.#room, this.#self, this.#path, {
        token,
        fenced: () => this.disowned(),
        members: () => this.#roll.clients(),
      })
    } catch (error) {
      // The table is full, or the room is ending: another node may have more luck.
      const { name } = this.#room
      this.#services.follow('disown', name, this.#services.bus.disown(name))
      throw error
    }
    this.#here = behavior
    const changes = this.#membersHere().map((client) => ({ type: 'joined' as const, client }))
    this.#roll.take(uid, { first: true, last: true, changes }, system.now)
    this.#sweep = system.wheel.add(pulseMs, sweep, this)
    this.#room.touch()
    return behavior
  }

  #tellVacant(nodes: readonly string[]): void {
    const { name } = this.#room
    for (const node of nodes) {
      const told = this.#ask(
        node,
        { type: 'vacant', room: name },
        this.#services.system.askTimeoutMs,
      )
      this.#services.follow('ask', name, told)
    }
  }

  /** The behaviour is here no longer; which nodes have members that it knew of. */
  #rest(): string[] {
    const nodes = this.#roll.nodes(this.#services.uid)
    this.#here = undefined
    this.#owner = undefined
    this.#roll.clear()
    if (this.#sweep !== undefined) this.#services.system.wheel.cancel(this.#sweep)
    return nodes
  }

  async #ask(node: string, question: RemoteQuestion, timeoutMs: number): Promise<RemoteAnswer> {
    try {
      return parseAnswer(
        await this.#services.bus.ask(node, JSON.stringify(question), Math.ceil(timeoutMs)),
      )
    } catch (error) {
      this.#doubt(node)
      // Prose of a node that failed, not of a behaviour.
      if (error instanceof SluiceError && error.code === 'ask_failed') throw new Refused(notNow)
      throw error
    }
  }

  #doubt(node: string): void {
    if (this.#owner === node) this.#owner = undefined
  }

  #membersHere(): ClientInfo[] {
    return this.#room.members.map(({ info }) => info)
  }

  /** Members of nodes that went without a word are gone. */
  sweep(): void {
    const { system, uid } = this.#services
    if (this.#here === undefined || system.context.ended) return
    this.#roll.expire(system.now - 3 * pulseMs, uid)
    this.#room.touch()
    this.#sweep = system.wheel.add(pulseMs, sweep, this)
  }
}

function sweep(singleton: Singleton): void {
  singleton.sweep()
}

async function run(behavior: RoomBehavior, call: Call, timeoutMs: number): Promise<unknown> {
  const { data, client } = call
  if (call.type === 'rpc') return behavior.rpc(call.method, data, client, { timeoutMs })
  return behavior.publish(data, client, { timeoutMs })
}
