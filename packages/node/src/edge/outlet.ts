// The outlet: what one connection has to write in this turn, and what a peer that does not read may keep us holding.
//
//   replies ─▶ text of the turn ─┐
//                                ├─▶ pieces, in order ─▶ one write ─▶ socket
//   rooms ─▶ shared buffer ──────┘                          │ full
//                                                           ▼
//                    blocked: queue, up to a number of bytes and an age; tolerant rooms park theirs beside it
//
// Rooms write here, not into the connection's mailbox: only a full outlet is an event (`blocked`, `drained`, `slow`).

import type { Duplex } from 'node:stream'
import type { Parked } from '../rooms/parked.ts'
import { textFrame } from './frames.ts'
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
  /** The socket took no more; nothing is written until it drains. */
  blocked = false
  /** Since when something waits that may not be left out; 0 when nothing does. The age limit counts from here. */
  strictSince = 0
  #parked: Map<object, Parked> | undefined = undefined

  constructor(owner: OutletOwner, socket: Duplex, writer: Writer, maxBytes: number) {
    this.#owner = owner
    this.#socket = socket
    this.#writer = writer
    this.#maxBytes = maxBytes
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
    this.#mustArrive()
    this.#touch()
  }

  /** A reply, or a push for this connection alone. */
  send(message: string): void {
    this.#text = this.#text === '' ? message : `${this.#text}\n${message}`
    this.#mustArrive()
    this.#touch()
  }

  /** Frames that a room shares among its members. A tolerant room's are not under the age limit. */
  share(frames: Buffer, strict: boolean): void {
    if (this.#text !== '') this.#frameText()
    this.#add(frames)
    if (strict) this.#mustArrive()
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
    if (this.blocked || !this.#opened) {
      this.#limit()
      return
    }
    const socket = this.#socket
    const piece = this.#piece
    if (piece === undefined) return
    const rest = this.#pieces
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    if (socket.destroyed || socket.writableEnded) return
    if (rest === undefined) socket.write(piece)
    else {
      socket.cork()
      socket.write(piece)
      for (const each of rest) socket.write(each)
      socket.uncork()
    }
    if (socket.writableNeedDrain) this.#block()
    else this.strictSince = 0
  }

  /** Forgets what was not written. */
  clear(): void {
    this.#text = ''
    this.#piece = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#parked = undefined
  }

  #mustArrive(): void {
    if (this.strictSince === 0) this.strictSince = this.#writer.now
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

  #block(): void {
    this.blocked = true
    this.#socket.once('drain', () => this.#drained())
    this.#owner.blocked()
    this.#limit()
  }

  #limit(): void {
    if (this.#pieceBytes + this.#socket.writableLength > this.#maxBytes) this.#owner.slow()
  }

  #drained(): void {
    this.blocked = false
    const parked = this.#parked
    if (parked !== undefined) {
      this.#parked = undefined
      for (const each of parked.values()) this.#add(each.frames())
    }
    this.#owner.drained()
    this.strictSince = 0
    if (this.#piece !== undefined) this.#mustArrive()
    this.flush()
  }
}
