// What this node publishes, in the order of its calls: gathered for a turn, then sent in as few commands as possible.
//
//   durable, durable, … ─▶ one script for up to 32      answered, and sent again when the link was lost before the answer
//   plain of one room   ─▶ one envelope, one PUBLISH    numbered by sender and room, so that who hears knows what is missing
//
// Bounded: in bytes, in commands under way, and in the time that a publish may take.

import { type Clock, SluiceError } from '@sluice/core'
import type { Delivery, Position, PublishOptions } from '../bus.ts'
import { packPlain, packPublication } from './envelope.ts'
import type { Keys } from './keys.ts'
import type { ResolvedRedisBusOptions } from './options.ts'
import type { Session } from './session.ts'
import { publishScript } from './stream-scripts.ts'

interface Plain {
  readonly kind: 'plain'
  readonly room: string
  readonly from: number
  readonly deliveries: Delivery[]
}

interface Scripted {
  readonly kind: 'scripted'
  readonly room: string
  readonly bytes: Buffer
  readonly filler: Buffer | ''
  readonly seq: number
  readonly options: PublishOptions
  readonly deadline: number
  readonly resolve: (position: Position | undefined) => void
  readonly reject: (error: unknown) => void
}

type Op = Plain | Scripted

const batch = 32
const maxUnderWay = 256
const defaultKeyTtlMs = 120_000
const overhead = 200

export class Outbox {
  readonly #session: Session
  readonly #keys: Keys
  readonly #options: ResolvedRedisBusOptions
  readonly #clock: Clock
  readonly #sender: string
  readonly #epoch: () => string
  /** What a plain envelope becomes when there is no link after all. */
  readonly #alone: (room: string, delivery: Delivery) => void
  readonly #numbers = new Map<string, number>()
  #ops: Op[] = []
  /** The last operation of each room in `#ops`, when it is an envelope that takes more. */
  readonly #open = new Map<string, Plain>()
  #bytes = 0
  #seq = 0
  #underWay = 0
  #asked = false
  #cancelSweep: () => void = () => {}
  #closed = false

  constructor(
    session: Session,
    keys: Keys,
    options: ResolvedRedisBusOptions,
    sender: string,
    epoch: () => string,
    alone: (room: string, delivery: Delivery) => void,
  ) {
    this.#session = session
    this.#keys = keys
    this.#options = options
    this.#clock = options.clock
    this.#sender = sender
    this.#epoch = epoch
    this.#alone = alone
  }

  get bytes(): number {
    return this.#bytes
  }

  /** True when nothing more may be published. */
  get full(): boolean {
    return this.#bytes >= this.#options.maxQueueBytes
  }

  /** At most once; heard by whoever is subscribed when it arrives. */
  plain(room: string, delivery: Delivery): void {
    const number = this.#number(room)
    this.#bytes += weigh(delivery)
    const open = this.#open.get(room)
    if (open !== undefined) open.deliveries.push(delivery)
    else {
      const op: Plain = { kind: 'plain', room, from: number, deliveries: [delivery] }
      this.#open.set(room, op)
      this.#ops.push(op)
    }
    this.#ask()
  }

  /** Exactly once in the room's stream, or a failure. */
  scripted(room: string, data: string, options: PublishOptions): Promise<Position | undefined> {
    const { info, tags, history } = options
    const publication = {
      data,
      ...(info !== undefined && { info }),
      ...(tags !== undefined && { tags }),
    }
    const kept = history !== undefined
    const delivery: Delivery = { type: 'publication', publication }
    const number = kept ? 0 : this.#number(room)
    const bytes = kept
      ? packPublication(publication)
      : packPlain(this.#sender, number, 1, [delivery])
    const filler = kept ? '' : packPlain(this.#sender, number, 1, [])
    return new Promise((resolve, reject) => {
      const { publishTimeoutMs } = this.#options
      // Envelopes gathered before stay before it.
      this.#open.delete(room)
      this.#bytes += bytes.length + overhead
      this.#ops.push({
        kind: 'scripted',
        room,
        bytes,
        filler,
        seq: ++this.#seq,
        options,
        deadline: this.#clock.now() + publishTimeoutMs,
        resolve,
        reject,
      })
      this.#ask()
    })
  }

  /** Sends what waits; called when there is a link again. */
  resume(): void {
    this.#ask()
  }

  /** The link is lost: envelopes reach the members here, what needs a stream waits until its deadline. */
  suspend(): void {
    const plain = this.#ops.filter((op) => op.kind === 'plain')
    this.#ops = this.#ops.filter((op) => op.kind === 'scripted')
    this.#open.clear()
    for (const { room, deliveries } of plain) {
      for (const delivery of deliveries) {
        this.#bytes -= weigh(delivery)
        this.#alone(room, delivery)
      }
    }
    this.#sweep()
  }

  close(): void {
    this.#closed = true
    this.#cancelSweep()
    for (const op of this.#ops.splice(0)) {
      if (op.kind === 'scripted') op.reject(new SluiceError('closed', 'the bus is closed'))
    }
    this.#open.clear()
    this.#bytes = 0
  }

  #number(room: string): number {
    const number = (this.#numbers.get(room) ?? 0) + 1
    // The oldest go when there are many: a sender that starts at 1 again is a new beginning to who hears it.
    if (this.#numbers.size >= maxNumbers && !this.#numbers.has(room)) {
      const [oldest] = this.#numbers.keys()
      if (oldest !== undefined) this.#numbers.delete(oldest)
    }
    this.#numbers.set(room, number)
    return number
  }

  /** At the end of this turn. */
  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#clock.soon(() => {
      this.#asked = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#closed) return
    if (!this.#session.up) {
      this.#sweep()
      return
    }
    let at = 0
    while (at < this.#ops.length && this.#underWay < maxUnderWay) {
      const op = this.#ops[at]!
      if (op.kind === 'plain') {
        at++
        this.#sendPlain(op)
        continue
      }
      const together: Scripted[] = []
      for (; at < this.#ops.length && together.length < batch; at++) {
        const next = this.#ops[at]!
        if (next.kind === 'plain') break
        together.push(next)
      }
      this.#sendScripted(together)
    }
    this.#ops = at === this.#ops.length ? [] : this.#ops.slice(at)
    // What is left must not be sent before what comes now: it is no longer open.
    if (this.#ops.length === 0) this.#open.clear()
    else this.#reopen()
  }

  #reopen(): void {
    this.#open.clear()
    for (const op of this.#ops) {
      if (op.kind === 'plain') this.#open.set(op.room, op)
      else this.#open.delete(op.room)
    }
  }

  #sendPlain(op: Plain): void {
    const { room, from, deliveries } = op
    for (const delivery of deliveries) this.#bytes -= weigh(delivery)
    const frame = packPlain(this.#sender, from, deliveries.length, deliveries)
    this.#underWay++
    this.#session.call('PUBLISH', this.#keys.channel(room), frame).then(this.#done, this.#done)
  }

  #sendScripted(ops: Scripted[]): void {
    const keys: string[] = []
    const args: (string | number | Buffer)[] = []
    const { historyMetaTtlMs } = this.#options
    for (const { room, bytes, filler, seq, options } of ops) {
      const { history, idempotencyKey, idempotencyTtlMs, fence } = options
      const meta = this.#keys.meta(room)
      keys.push(
        meta,
        this.#keys.log(room),
        idempotencyKey === undefined ? meta : this.#keys.key(room, idempotencyKey),
      )
      args.push(
        this.#keys.channel(room),
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
        this.#epoch(),
      )
    }
    args.push(this.#sender)
    this.#underWay++
    this.#session.run(publishScript, keys as [string, ...string[]], args).then(
      (answers) => {
        for (const [i, op] of ops.entries()) {
          this.#bytes -= op.bytes.length + overhead
          settle(op, String((answers as unknown[])[i]))
        }
        this.#done()
      },
      (error: unknown) => {
        this.#underWay--
        this.#failed(ops, error)
      },
    )
  }

  readonly #done = (): void => {
    this.#underWay--
    if (this.#ops.length > 0) this.#ask()
  }

  /** Nobody knows whether these ran: they are sent again, before what came later, and the room knows them by their numbers. */
  #failed(ops: Scripted[], error: unknown): void {
    const again = error instanceof SluiceError && error.code === 'not_available' && !this.#closed
    const retry = again || staleLink.test(error instanceof Error ? error.message : '')
    if (!retry) {
      for (const op of ops) {
        this.#bytes -= op.bytes.length + overhead
        op.reject(error)
      }
      return
    }
    // Calls that fail together fail in order: each is put before what has not been sent, and after those that failed before it.
    const first = this.#ops.findIndex((op) => op.kind === 'plain' || op.seq > ops[0]!.seq)
    this.#ops.splice(first < 0 ? this.#ops.length : first, 0, ...ops)
    this.#reopen()
    if (this.#session.up) this.#ask()
    else this.#sweep()
  }

  /** What has waited for too long fails; looked at while there is no link. */
  #sweep(): void {
    this.#cancelSweep()
    if (this.#closed) return
    const now = this.#clock.now()
    const late = this.#ops.filter((op) => op.kind === 'scripted' && now >= op.deadline)
    if (late.length > 0) {
      this.#ops = this.#ops.filter((op) => op.kind === 'plain' || now < op.deadline)
      for (const op of late) {
        if (op.kind !== 'scripted') continue
        this.#bytes -= op.bytes.length + overhead
        op.reject(new SluiceError('not_available', `room ${op.room}: no answer from Redis in time`))
      }
    }
    if (this.#ops.length > 0 && !this.#session.up) {
      this.#cancelSweep = this.#clock.after(sweepMs, () => this.#sweep())
    }
  }
}

const sweepMs = 50
const maxNumbers = 200_000
const staleLink = /READONLY|NOSCRIPT|LOADING|MASTERDOWN/

function settle(op: Scripted, answer: string): void {
  if (answer.startsWith('!')) {
    const token = answer.slice(1)
    const message = `${op.room}: token ${op.options.fence} was succeeded by ${token}`
    op.reject(new SluiceError('owner_fenced', message))
    return
  }
  const at = answer.indexOf(':')
  op.resolve(
    at < 0 ? undefined : { offset: Number(answer.slice(0, at)), epoch: answer.slice(at + 1) },
  )
}

function weigh(delivery: Delivery): number {
  return overhead + (delivery.type === 'publication' ? delivery.publication.data.length : 0)
}
