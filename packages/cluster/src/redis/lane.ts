// Operations that leave in the order of their calls: all of them to one server, those of one slot to a cluster.
//
//   durable, durable, … ─▶ one script for up to 32      answered, and sent again when the link was lost before the answer
//   plain of one room   ─▶ one envelope, one PUBLISH    numbered by sender and room, so that who hears knows what is missing

import { SluiceError } from '@sluice/core'
import type { Delivery, Position, PublishOptions } from '../bus.ts'
import type { Ack } from './acked.ts'
import { packPlain } from './envelope.ts'
import type { Keys } from './keys.ts'
import { isRedirect, type Layout, refusalOf } from './layout.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import type { Session } from './session.ts'
import { publishScript } from './stream-scripts.ts'

/** A publish that needs a script. */
export interface Publish {
  readonly room: string
  readonly bytes: Buffer
  /** Heard in its place when the key of idempotency is known; empty with a history. */
  readonly filler: Buffer | ''
  readonly options: PublishOptions
  readonly resolve: (position: Position | undefined) => void
  readonly reject: (error: unknown) => void
}

interface Scripted extends Publish {
  readonly kind: 'scripted'
  readonly seq: number
  readonly deadline: number
  /** Its answer was lost: Redis may have it already. */
  repeated: boolean
}

interface Plain {
  readonly kind: 'plain'
  readonly seq: number
  readonly room: string
  readonly sender: string
  readonly from: number
  readonly deliveries: Delivery[]
  readonly deadline: number
}

type Op = Plain | Scripted

/** What all lanes of a sender have in common. */
export interface Desk {
  readonly keys: Keys
  readonly options: ResolvedRedisBusOptions
  readonly layout: Layout
  readonly sender: string
  readonly epoch: () => string
  /** The connection of now, to where the slot is kept. */
  readonly session: (slot: number) => Session | undefined
  /** What a plain envelope becomes when there is no link after all. */
  readonly alone: (room: string, delivery: Delivery) => void
  /** Redis serves the slot elsewhere, or not now. */
  readonly redirected: () => void
  /** Redis has taken a publication into the room's stream. */
  readonly acked: (room: string, ack: Ack) => void
  /** The lane has something to send. */
  readonly ask: (lane: Lane) => void
  /** A command was answered: others may have waited for its place. */
  readonly freed: () => void
  /** Grows with every operation; a room remembers the last one of each sender. */
  seq: number
  /** Waiting or under way. */
  bytes: number
  /** Commands that have no answer yet. */
  underWay: number
}

const batch = 32
const maxUnderWay = 256
const defaultKeyTtlMs = 120_000
const overhead = 200

export class Lane {
  readonly #slot: number
  readonly #desk: Desk
  #ops: Op[] = []
  /** The last operation of each room in `#ops`, when it is an envelope that takes more. */
  readonly #open = new Map<string, Plain>()
  #scripts = 0
  /** Redis refused: nothing is sent until it is tried again. */
  #resting = false
  #closed = false

  constructor(slot: number, desk: Desk) {
    this.#slot = slot
    this.#desk = desk
  }

  get empty(): boolean {
    return this.#ops.length === 0
  }

  /** True when nothing of it can be sent. */
  get blocked(): boolean {
    return this.#resting || this.#desk.session(this.#slot)?.up !== true
  }

  plain(room: string, delivery: Delivery, sender: string, number: number): void {
    const desk = this.#desk
    desk.bytes += weigh(delivery)
    const open = this.#open.get(room)
    if (open?.sender === sender) open.deliveries.push(delivery)
    else {
      const op: Plain = {
        kind: 'plain',
        seq: ++desk.seq,
        room,
        sender,
        from: number,
        deliveries: [delivery],
        deadline: deadlineOf(desk),
      }
      this.#open.set(room, op)
      this.#ops.push(op)
    }
    desk.ask(this)
  }

  scripted(publish: Publish): void {
    const desk = this.#desk
    // Envelopes gathered before stay before it.
    this.#open.delete(publish.room)
    desk.bytes += publish.bytes.length + overhead
    this.#ops.push({
      kind: 'scripted',
      seq: ++desk.seq,
      deadline: deadlineOf(desk),
      repeated: false,
      ...publish,
    })
    desk.ask(this)
  }

  send(): void {
    const session = this.#desk.session(this.#slot)
    if (this.#resting || session?.up !== true) return
    let at = 0
    while (at < this.#ops.length && this.#desk.underWay < maxUnderWay) {
      const op = this.#ops[at]!
      if (op.kind === 'plain') {
        at++
        this.#sendPlain(session, op)
        continue
      }
      if (this.#scripts >= this.#desk.layout.callsPerSlot) break
      const together: Scripted[] = []
      for (; at < this.#ops.length && together.length < batch; at++) {
        const next = this.#ops[at]!
        if (next.kind === 'plain') break
        together.push(next)
      }
      this.#sendScripted(session, together)
    }
    this.#ops = at === this.#ops.length ? [] : this.#ops.slice(at)
  }

  /** Redis may serve it again. */
  wake(): void {
    this.#resting = false
  }

  /** The link is lost: envelopes reach the members here, what needs a stream waits until its deadline. */
  suspend(): void {
    this.#alone(() => true)
    this.sweep()
  }

  /** What has waited for too long fails; looked at while nothing can be sent. */
  sweep(): void {
    const now = this.#desk.options.clock.now()
    this.#alone((op) => now >= op.deadline)
    const late = this.#ops.filter((op) => op.kind === 'scripted' && now >= op.deadline)
    if (late.length === 0) return
    this.#ops = this.#ops.filter((op) => op.kind === 'plain' || now < op.deadline)
    for (const op of late) {
      if (op.kind !== 'scripted') continue
      this.#desk.bytes -= op.bytes.length + overhead
      op.reject(new SluiceError('not_available', `room ${op.room}: no answer from Redis in time`))
    }
  }

  close(): void {
    this.#closed = true
    this.#open.clear()
    for (const op of this.#ops.splice(0)) {
      if (op.kind === 'scripted') op.reject(new SluiceError('closed', 'the bus is closed'))
    }
  }

  #alone(meant: (op: Plain) => boolean): void {
    const chosen = (op: Op): op is Plain => op.kind === 'plain' && meant(op)
    const plain = this.#ops.filter(chosen)
    if (plain.length === 0) return
    this.#ops = this.#ops.filter((op) => !chosen(op))
    this.#reopen()
    for (const { room, deliveries } of plain) {
      for (const delivery of deliveries) {
        this.#desk.bytes -= weigh(delivery)
        this.#desk.alone(room, delivery)
      }
    }
  }

  #reopen(): void {
    this.#open.clear()
    for (const op of this.#ops) {
      if (op.kind === 'plain') this.#open.set(op.room, op)
      else this.#open.delete(op.room)
    }
  }

  #sendPlain(session: Session, op: Plain): void {
    const { room, sender, from, deliveries } = op
    const { layout, keys } = this.#desk
    if (this.#open.get(room) === op) this.#open.delete(room)
    const frame = packPlain(sender, from, deliveries.length, deliveries)
    for (const delivery of deliveries) this.#desk.bytes -= weigh(delivery)
    this.#desk.underWay++
    session.call(layout.publish, keys.channel(room), frame).then(this.#done, (error: unknown) => {
      if (isRedirect(error) && !this.#closed) {
        // Nobody heard it.
        for (const delivery of deliveries) this.#desk.bytes += weigh(delivery)
        this.#refused([op])
      }
      this.#done()
    })
  }

  #sendScripted(session: Session, ops: Scripted[]): void {
    const keys: string[] = []
    const args: (string | number | Buffer)[] = []
    const desk = this.#desk
    const { historyMetaTtlMs } = desk.options
    const sendings = ops.map(() => desk.epoch())
    for (const [i, { room, bytes, filler, seq, options }] of ops.entries()) {
      const { history, idempotencyKey, idempotencyTtlMs, fence } = options
      const meta = desk.keys.meta(room)
      keys.push(
        meta,
        desk.keys.log(room),
        idempotencyKey === undefined ? meta : desk.keys.key(room, idempotencyKey),
      )
      args.push(
        desk.keys.channel(room),
        bytes,
        filler,
        history === undefined ? -1 : Math.max(0, Math.trunc(history.size) || 0),
        Math.max(1, Math.trunc(history?.ttlMs ?? 1)),
        Math.max(historyMetaTtlMs, history?.ttlMs ?? 0),
        idempotencyKey === undefined
          ? 0
          : Math.max(1, Math.trunc(idempotencyTtlMs ?? defaultKeyTtlMs)),
        fence ?? 0,
        seq,
        sendings[i]!,
      )
    }
    args.push(desk.layout.publish, desk.sender)
    desk.underWay++
    this.#scripts++
    session.run(publishScript, keys as [string, ...string[]], args).then(
      (answers) => {
        this.#scripts--
        for (const [i, op] of ops.entries()) {
          desk.bytes -= op.bytes.length + overhead
          const position = settle(op, String((answers as unknown[])[i]))
          if (position !== undefined) this.#note(op, position, sendings[i]!)
        }
        this.#done()
      },
      (error: unknown) => {
        this.#scripts--
        this.#failed(ops, error)
        this.#done()
      },
    )
  }

  #note(op: Scripted, { offset, epoch }: Position, sending: string): void {
    const other = op.repeated || op.options.idempotencyKey !== undefined
    const mark = other ? '' : `${this.#desk.sender}~${op.seq}~${sending}`
    this.#desk.acked(op.room, { slot: this.#slot, epoch, offset, mark })
  }

  readonly #done = (): void => {
    this.#desk.underWay--
    this.#desk.freed()
  }

  #failed(ops: Scripted[], error: unknown): void {
    if (isRedirect(error) && !this.#closed) {
      this.#refused(ops)
      return
    }
    // Nobody knows whether these ran: they are sent again, and the room knows them by their numbers.
    if (isLost(error) && !this.#closed) {
      for (const op of ops) op.repeated = true
      this.#again(ops)
      return
    }
    const why = refusalOf(error) ?? error
    for (const op of ops) {
      this.#desk.bytes -= op.bytes.length + overhead
      op.reject(why)
    }
  }

  #refused(ops: readonly Op[]): void {
    this.#resting = true
    this.#again(ops)
    this.#desk.redirected()
  }

  /** Calls that fail together fail in order: each is put before what came later, and after those that failed before it. */
  #again(ops: readonly Op[]): void {
    const first = this.#ops.findIndex((op) => op.seq > ops[0]!.seq)
    this.#ops.splice(first < 0 ? this.#ops.length : first, 0, ...ops)
    this.#reopen()
    if (this.blocked) this.sweep()
    this.#desk.ask(this)
  }
}

const staleLink = /READONLY|NOSCRIPT|LOADING|MASTERDOWN/

function isLost(error: unknown): boolean {
  if (error instanceof SluiceError) return error.code === 'not_available'
  return error instanceof Error && staleLink.test(error.message)
}

function deadlineOf({ options }: Desk): number {
  return options.clock.now() + options.publishTimeoutMs
}

/** Its position, if it has one. */
function settle(op: Scripted, answer: string): Position | undefined {
  if (answer.startsWith('!')) {
    const token = answer.slice(1)
    const message = `${op.room}: token ${op.options.fence} was succeeded by ${token}`
    op.reject(new SluiceError('owner_fenced', message))
    return undefined
  }
  const at = answer.indexOf(':')
  const position =
    at < 0 ? undefined : { offset: Number(answer.slice(0, at)), epoch: answer.slice(at + 1) }
  op.resolve(position)
  return position
}

function weigh(delivery: Delivery): number {
  return overhead + (delivery.type === 'publication' ? delivery.publication.data.length : 0)
}
