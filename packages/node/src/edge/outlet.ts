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
  blocked(): void
  drained(): void
  /** More is queued than allowed. */
  slow(): void
}

export class Outlet {
  readonly #owner: OutletOwner
  readonly #socket: Duplex
  readonly #writer: Writer
  readonly #maxBytes: number
  /** Until the answer to `connect` is there, everything else waits behind it. */
  #opened = false
  /** Texts of this turn that are not framed yet. */
  #text = ''
  /** The first piece; most turns have no other. */
  #piece: Buffer | undefined = undefined
  #pieces: Buffer[] | undefined = undefined
  #pieceBytes = 0
  #dirty = false
  /** Among the pieces of this turn is one that may not be left out. */
  #must = false
  /** How far behind the socket is, while it is full. */
  #lag: Lag | undefined = undefined
  #parked: Map<object, Parked> | undefined = undefined

  constructor(owner: OutletOwner, socket: Duplex, writer: Writer, maxBytes: number) {
    this.#owner = owner
    this.#socket = socket
    this.#writer = writer
    this.#maxBytes = maxBytes
  }

  /** The socket is full; what is written waits in it. */
  get blocked(): boolean {
    return this.#lag !== undefined
  }

  /** How long what may not be left out has waited in a full socket, in ms. */
  age(now: number): number {
    return this.#lag?.age(this.#socket.writableLength, now) ?? 0
  }

  /** Bytes that wait here and in the socket. */
  get queued(): number {
    let parked = 0
    for (const each of this.#parked?.values() ?? []) parked += each.bytes
    return this.#pieceBytes + this.#text.length + this.#socket.writableLength + parked
  }

  /** Writes the answer to `connect`, and from now on all that gathered behind it. */
  open(answer: string): void {
    if (this.#text !== '') this.#frameText()
    const behind = [this.#piece, ...(this.#pieces ?? [])]
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#opened = true
    this.#add(textFrame(answer))
    for (const piece of behind) if (piece !== undefined) this.#add(piece)
    this.#must = true
    this.#touch()
  }

  /** Writes the refusal of a `connect` at once: no answer follows that would let it out. */
  refuse(answer: string): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return
    this.#socket.write(textFrame(answer))
    this.#limit()
  }

  /** A reply, or a push for this connection alone. */
  send(message: string): void {
    this.#text = this.#text === '' ? message : `${this.#text}\n${message}`
    this.#must = true
    this.#touch()
  }

  /** Frames that a room shares among its members. A tolerant room's are not under the age limit. */
  share(frames: Buffer, strict: boolean): void {
    if (this.#text !== '') this.#frameText()
    this.#add(frames)
    if (strict) this.#must = true
    this.#touch()
  }

  /** What a tolerant room keeps back for this member while it is blocked. */
  park(room: object, make: () => Parked): Parked {
    this.#parked ??= new Map()
    let parked = this.#parked.get(room)
    if (parked === undefined) this.#parked.set(room, (parked = make()))
    return parked
  }

  /** Writes what the turn has gathered; called once a turn by the writer. */
  flush(): void {
    this.#dirty = false
    if (this.#text !== '') this.#frameText()
    if (!this.#opened) {
      this.#limit()
      return
    }
    const socket = this.#socket
    const piece = this.#piece
    if (piece === undefined) return
    const rest = this.#pieces
    const bytes = this.#pieceBytes
    const must = this.#must
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#must = false
    if (socket.destroyed || socket.writableEnded) return
    if (rest === undefined) socket.write(piece)
    else {
      socket.cork()
      socket.write(piece)
      for (const each of rest) socket.write(each)
      socket.uncork()
    }
    if (this.#lag !== undefined) {
      this.#lag.push(bytes, must, this.#writer.now)
      this.#limit()
    } else if (socket.writableNeedDrain) this.#block(must)
  }

  /** Forgets what was not written. */
  clear(): void {
    this.#text = ''
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#parked = undefined
  }

  #touch(): void {
    if (this.#dirty) return
    this.#dirty = true
    this.#writer.outlet(this)
  }

  #frameText(): void {
    const frame = textFrame(this.#text)
    this.#text = ''
    this.#add(frame)
  }

  #add(piece: Buffer): void {
    if (this.#piece === undefined) this.#piece = piece
    else if (this.#pieces === undefined) this.#pieces = [piece]
    else this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }

  #block(must: boolean): void {
    this.#lag = new Lag(this.#socket.writableLength, must, this.#writer.now)
    this.#socket.once('drain', () => this.#drained())
    this.#owner.blocked()
    this.#limit()
  }

  #limit(): void {
    if (this.#pieceBytes + this.#socket.writableLength > this.#maxBytes) this.#owner.slow()
  }

  #drained(): void {
    this.#lag = undefined
    this.#owner.drained()
    const parked = this.#parked
    if (parked === undefined) return
    this.#parked = undefined
    for (const each of parked.values()) this.#add(each.frames())
    this.flush()
  }
}
