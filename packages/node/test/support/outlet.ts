// An outlet by itself: a socket that takes what it is told to, turns that are ended by hand, and an owner that keeps books.

import { Duplex } from 'node:stream'
import { Outlet, type OutletLimits, type OutletOwner } from '../../src/edge/outlet.ts'
import { Writer } from '../../src/edge/writer.ts'

/** A socket that holds back the rest until it is released. */
export class Valve extends Duplex {
  /** What has passed, write by write. */
  readonly passed: Buffer[][] = []
  open = true
  #held: (() => void) | undefined = undefined

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pass([chunk], done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#pass(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  /** Lets through what is held, and one more write after the other while it is open. */
  async release(): Promise<void> {
    const held = this.#held
    this.#held = undefined
    held?.()
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets everything through. */
  async drain(): Promise<void> {
    this.open = true
    // oxlint-disable-next-line no-await-in-loop -- one write lets the next one begin
    while (this.writableLength > 0) await this.release()
    await this.release()
  }

  /** Every message, in the order of the bytes. */
  get messages(): string[] {
    return framesOf(Buffer.concat(this.passed.flat())).flatMap((text) => text.split('\n'))
  }

  #pass(chunks: Buffer[], done: () => void): void {
    this.passed.push(chunks)
    // As the kernel does while it has room: at once.
    if (this.open) done()
    else this.#held = done
  }
}

/** The texts of unmasked frames. */
export function framesOf(bytes: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1]!
    const header = short < 126 ? 2 : short === 126 ? 4 : 10
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2))
    texts.push(bytes.toString('utf8', at + header, at + header + length))
    at += header + length
  }
  return texts
}

/** Turns that end when a test says so. */
export class Turns {
  now = 0
  readonly errors: unknown[] = []
  readonly writer: Writer
  #tasks: { run(): void }[] = []

  constructor() {
    this.writer = new Writer(this)
  }

  atTurnEnd(task: { run(): void }): void {
    this.#tasks.push(task)
  }

  report(error: unknown): void {
    this.errors.push(error)
  }

  end(): void {
    for (let at = 0; at < this.#tasks.length; at++) this.#tasks[at]!.run()
    this.#tasks = []
  }
}

/** Writes down what it is told. */
export class Owner implements OutletOwner {
  writable = true
  readonly heard: string[] = []
  outlet!: Outlet

  blocked(): void {
    this.heard.push('blocked')
  }

  drained(): void {
    this.heard.push('drained')
  }

  slow(): void {
    this.heard.push('slow')
    this.outlet.close()
  }
}

export interface Rig {
  readonly socket: Valve
  readonly turns: Turns
  readonly owner: Owner
  readonly outlet: Outlet
}

export function createRig(
  limits: Partial<OutletLimits> = {},
  highWaterMark = 64,
  turns = new Turns(),
): Rig {
  const socket = new Valve({ highWaterMark })
  const owner = new Owner()
  const outlet = new Outlet(owner, socket, turns.writer, {
    maxQueueBytes: 1_000_000,
    broadcastDeadlineMs: 500,
    ...limits,
  })
  owner.outlet = outlet
  return { socket, turns, owner, outlet }
}
