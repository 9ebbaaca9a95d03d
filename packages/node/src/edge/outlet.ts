// The outlet: what one connection has to write in this turn, and what a peer that does not read may keep us holding.
//
//   replies ─▶ text of the turn ─┐
//                                ├─▶ pieces, in order ─▶ one write ─▶ socket, and its queue
//   rooms ─▶ shared buffer ──────┘                          │ full
//                                                           ▼
//             blocked: the queue has a limit in bytes and in age; tolerant rooms park theirs beside it
//
// Rooms write here, not into the connection's mailbox: only a full outlet is an event (`blocked`, `drained`, `slow`).

import type { Duplex } from 'node:stream'
import type { Parked } from '../rooms/parked.ts'
import { textFrame } from './frames.ts'
import { Lag } from './lag.ts'
import type { Writer } from './writer.ts'

/** Whom a full outlet tells. */
export interface OutletOwner {
  /** False once a close frame was sent: no frame may follow it (RFC 6455 section 5.5.1). */
  readonly writable: boolean
  blocked(): void
  drained(): void
  /** More is queued than allowed: the owner closes the outlet. */
  slow(): void
}

/** A room that keeps back what a full socket cannot take. */
export interface Tolerant {
  createParked(): Parked
}

/** What one connection's outlet may hold. */
export interface OutletLimits {
  /** In the socket's queue, and again in all rooms' parked messages together. */
  readonly maxQueueBytes: number
  /** How long a reply may wait in a full socket. */
  readonly broadcastDeadlineMs: number
}

export class Outlet {
  readonly #owner: OutletOwner
  readonly #socket: Duplex
  readonly #writer: Writer
  readonly #limits: OutletLimits
  /** Until the answer to `connect` is there, everything else waits behind it. */
  #opened = false
  #closed = false
  /** Texts of this turn that are not framed yet. */
  #text = ''
  /** The first piece; most turns have no other. */
  #piece: Buffer | undefined = undefined
  #pieces: Buffer[] | undefined = undefined
  #pieceBytes = 0
  #dirty = false
  /** How long the pieces of this turn may wait; Infinity when all of them may be late. */
  #maxAgeMs = Infinity
  /** How far behind the socket is, while it is full. */
  #lag: Lag | undefined = undefined
  #parked: Map<Tolerant, Parked> | undefined = undefined
  #parkedBytes = 0

  constructor(owner: OutletOwner, socket: Duplex, writer: Writer, limits: OutletLimits) {
    this.#owner = owner
    this.#socket = socket
    this.#writer = writer
    this.#limits = limits
  }

  /** The socket is full; what is written waits in it. */
  get blocked(): boolean {
    return this.#lag !== undefined
  }

  /** When what must arrive is overdue; Infinity while the socket is not full, or nothing in it must. */
  get dueAt(): number {
    return this.#lag?.dueAt ?? Infinity
  }

  /** Something that must arrive has waited in a full socket for too long. */
  overdue(now: number): boolean {
    return this.#lag?.overdue(this.#socket.writableLength, now) ?? false
  }

  /** Bytes that wait here and in the socket. */
  get queued(): number {
    return this.#pieceBytes + this.#text.length + this.#socket.writableLength + this.#parkedBytes
  }

  /** Writes the answer to `connect`, and from now on all that gathered behind it. */
  open(answer: string): void {
    if (this.#closed) return
    if (this.#text !== '') this.#frameText()
    const behind = [this.#piece, ...(this.#pieces ?? [])]
    this.#forget()
    this.#opened = true
    this.#add(textFrame(answer), this.#limits.broadcastDeadlineMs)
    for (const piece of behind) if (piece !== undefined) this.#add(piece, Infinity)
    this.#touch()
  }

  /** Writes the refusal of a `connect` at once: no answer follows that would let it out. */
  refuse(answer: string): void {
    if (this.#closed || !this.#canWrite()) return
    this.#socket.write(textFrame(answer))
    this.#limit()
  }

  /** A reply, or a push for this connection alone. */
  send(message: string): void {
    if (this.#closed) return
    this.#text = this.#text === '' ? message : `${this.#text}\n${message}`
    this.#touch()
  }

  /** Frames that a room shares among its members. `maxAgeMs` is how long they may wait; Infinity for a tolerant room's. */
  share(frames: Buffer, maxAgeMs: number): void {
    if (this.#closed) return
    if (this.#text !== '') this.#frameText()
    this.#add(frames, maxAgeMs)
    this.#touch()
  }

  /** Keeps a tolerant room's messages back until the socket drains. All rooms together get the bytes that one may have. */
  park(room: Tolerant, messages: readonly string[], keys: readonly string[]): void {
    if (this.#closed) return
    this.#parked ??= new Map()
    let parked = this.#parked.get(room)
    if (parked === undefined) this.#parked.set(room, (parked = room.createParked()))
    for (let i = 0; i < messages.length; i++) {
      const before = parked.bytes
      const left = this.#limits.maxQueueBytes - this.#parkedBytes + before
      parked.add(messages[i]!, keys[i] ?? '', left)
      this.#parkedBytes += parked.bytes - before
    }
  }

  /** The connection left the room: what was parked from there is no longer for it. */
  unpark(room: Tolerant): void {
    const parked = this.#parked?.get(room)
    if (parked === undefined) return
    this.#parked?.delete(room)
    this.#parkedBytes -= parked.bytes
    parked.discard()
  }

  /** Writes what the turn has gathered; called once a turn by the writer. */
  flush(): void {
    this.#dirty = false
    if (this.#text !== '') this.#frameText()
    if (!this.#opened) {
      this.#limit()
      return
    }
    const piece = this.#piece
    if (piece === undefined) return
    const rest = this.#pieces
    const bytes = this.#pieceBytes
    const maxAgeMs = this.#maxAgeMs
    this.#forget()
    if (!this.#canWrite()) return
    const socket = this.#socket
    if (rest === undefined) socket.write(piece)
    else {
      socket.cork()
      socket.write(piece)
      for (const each of rest) socket.write(each)
      socket.uncork()
    }
    if (this.#lag !== undefined) {
      this.#lag.push(bytes, maxAgeMs, this.#writer.now)
      this.#limit()
    } else if (socket.writableNeedDrain) this.#block(maxAgeMs)
  }

  /** Takes nothing more, and forgets what was not written. */
  close(): void {
    this.#closed = true
    this.#text = ''
    this.#forget()
    for (const each of this.#parked?.values() ?? []) each.discard()
    this.#parked = undefined
    this.#parkedBytes = 0
  }

  #canWrite(): boolean {
    const socket = this.#socket
    return this.#owner.writable && !socket.destroyed && !socket.writableEnded
  }

  #touch(): void {
    if (this.#dirty) return
    this.#dirty = true
    this.#writer.outlet(this)
  }

  #frameText(): void {
    const frame = textFrame(this.#text)
    this.#text = ''
    this.#add(frame, this.#limits.broadcastDeadlineMs)
  }

  #add(piece: Buffer, maxAgeMs: number): void {
    if (this.#piece === undefined) this.#piece = piece
    else if (this.#pieces === undefined) this.#pieces = [piece]
    else this.#pieces.push(piece)
    this.#pieceBytes += piece.length
    if (maxAgeMs < this.#maxAgeMs) this.#maxAgeMs = maxAgeMs
  }

  #forget(): void {
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#maxAgeMs = Infinity
  }

  #block(maxAgeMs: number): void {
    this.#lag = new Lag(this.#socket.writableLength, maxAgeMs, this.#writer.now)
    this.#socket.once('drain', () => this.#drained())
    this.#owner.blocked()
    this.#limit()
  }

  #limit(): void {
    if (this.#closed) return
    const { maxQueueBytes } = this.#limits
    if (this.#pieceBytes + this.#socket.writableLength > maxQueueBytes) this.#owner.slow()
  }

  #drained(): void {
    this.#lag = undefined
    this.#owner.drained()
    const parked = this.#parked
    if (parked === undefined) return
    this.#parked = undefined
    this.#parkedBytes = 0
    for (const each of parked.values()) this.#add(each.frames(), Infinity)
    this.flush()
  }
}
