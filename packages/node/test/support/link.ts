// Two ends of a connection that is no network: in memory, in order, with back pressure, and cut or reset at will.

import { Duplex } from 'node:stream'

/** One end. What is written here is read there. */
export class End extends Duplex {
  other!: End
  /** Chunks that reached the other end. */
  writes = 0
  #taken: (() => void) | undefined = undefined

  constructor(highWaterMark: number) {
    // As a TCP socket: it stays half open until both sides have said that they are done.
    super({ highWaterMark, allowHalfOpen: true })
    this.on('error', () => {})
  }

  /** As when the peer's machine is gone: both ends break. */
  reset(): void {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    this.other.destroy(error)
    this.destroy(error)
  }

  override _read(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes++
    this.#pass(chunk, done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes++
    this.#pass(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: () => void): void {
    process.nextTick(() => this.other.push(null))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A socket that is destroyed takes the other end with it, if that did not end by itself.
    process.nextTick(() => {
      if (!this.other.readableEnded && !this.other.destroyed) this.other.push(null)
    })
    done(error)
  }

  /** Done when the other end has room again: who does not read is felt here. */
  #pass(chunk: Buffer, done: () => void): void {
    const { other } = this
    process.nextTick(() => {
      if (other.destroyed || other.push(chunk)) done()
      else other.#taken = done
    })
  }
}

/** The two ends. `highWaterMark` is what each side holds before it is full. */
export function createLink(highWaterMark = 65_536): { here: End; there: End } {
  const here = new End(highWaterMark)
  const there = new End(highWaterMark)
  here.other = there
  there.other = here
  return { here, there }
}
