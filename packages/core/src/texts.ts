// Texts that are only ever added, in shared memory: what a column gives a number to, another thread turns into words
// again, without help from the thread that wrote it. Written when a text is new, so never per message.
//
//   head  [ count, bytes used ]      body  [ length, UTF-8, 0 to 3 bytes ][ length, UTF-8, … ]

import { allocate } from './table.ts'

const countWord = 0
const usedWord = 1
const lengthBytes = 4

export class Texts {
  readonly buffers: readonly ArrayBufferLike[]
  readonly #head: Int32Array
  readonly #lengths: Uint32Array
  readonly #body: Uint8Array

  /** Memory is touched only when used. */
  constructor(bytes: number) {
    const head = allocate(8)
    const body = allocate(bytes + (-bytes & 3))
    this.#head = new Int32Array(head)
    this.#lengths = new Uint32Array(body)
    this.#body = new Uint8Array(body)
    this.buffers = [head, body]
  }

  /** Its number is the count of those before it. False when there is no room for it. */
  add(text: string): boolean {
    const bytes = encoder.encode(text)
    const at = this.#head[usedWord]!
    const end = at + lengthBytes + bytes.length + (-bytes.length & 3)
    if (end > this.#body.length) return false
    this.#lengths[at / lengthBytes] = bytes.length
    this.#body.set(bytes, at + lengthBytes)
    this.#head[usedWord] = end
    // Last: whoever reads the count finds all that it counts.
    Atomics.add(this.#head, countWord, 1)
    return true
  }
}

/** All texts that there are by now, by number. */
export function readTexts(buffers: readonly ArrayBufferLike[]): string[] {
  const [head, body] = buffers
  const lengths = new Uint32Array(body!)
  const bytes = new Uint8Array(body!)
  const count = Atomics.load(new Int32Array(head!), countWord)
  const texts: string[] = []
  for (let i = 0, at = 0; i < count; i++) {
    const length = lengths[at / lengthBytes]!
    const from = at + lengthBytes
    // A copy, since browsers decode no shared memory.
    texts.push(decoder.decode(bytes.slice(from, from + length)))
    at = from + length + (-length & 3)
  }
  return texts
}

const encoder = new TextEncoder()
// Each text is itself, whatever it begins with.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
