// A dump's text, line by line, and each line from left to right.

import type { Scalar } from '../../behavior.ts'
import { SluiceError } from '../../errors.ts'
import { notText } from '../escape.ts'

export class Scanner {
  readonly #line: string
  readonly #number: number
  #at = 0

  /** `number` is the line's, from 1, for what is wrong with it. */
  constructor(line: string, number: number) {
    this.#line = line
    this.#number = number
  }

  get done(): boolean {
    return this.#at === this.#line.length
  }

  /** True, and past it, when this is what stands next. */
  take(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`"${text}"`)
  }

  /** A word as `printWord` writes it. */
  word(): string {
    return this.#string() ?? this.#match(/[^\s"\]),]+/y, 'a word')[0]
  }

  /** Words as `printWords` writes them, and the space behind them; none when `stop` stands next. */
  wordsBefore(stop: string): string {
    const words: string[] = []
    while (!this.#line.startsWith(`${stop} `, this.#at)) {
      words.push(this.word())
      this.expect(' ')
    }
    return words.join(' ')
  }

  /** The rest of the line as `printRest` writes it. */
  rest(): string {
    const text = this.#string()
    if (text !== undefined) return text
    const rest = this.#line.slice(this.#at)
    this.#at = this.#line.length
    return rest
  }

  id(): string {
    return this.#match(/[0-9a-f]+(?:\.[0-9a-f]+)?/y, 'an id')[0]
  }

  number(): number {
    return Number(this.#match(/[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Infinity)|NaN/y, 'a number')[0])
  }

  /** `340 ms`, `43 s`, `7 min`, `3 h`: in ms. */
  duration(): number {
    const [, count, unit] = this.#match(/(-?\d+) (ms|s|min|h)\b/y, 'a duration')
    return Number(count) * units[unit as keyof typeof units]
  }

  /** `running`, `waiting(socket)`, or as `printWord` writes it. */
  step(): string {
    return this.#string() ?? this.#match(/[a-z]+(?:\([a-z]+\))?/y, 'a state')[0]
  }

  /** A string, a number, or one of `true`, `false`, `null`. */
  value(): Scalar {
    const text = this.#string()
    if (text !== undefined) return text
    const word = this.word()
    if (word === 'null') return null
    if (word === 'true' || word === 'false') return word === 'true'
    return notText.test(word) ? Number(word) : word
  }

  spaces(): void {
    this.#match(/ */y, 'space')
  }

  fail(expected: string): never {
    throw new SluiceError(
      'dump_unreadable',
      `line ${this.#number}, column ${this.#at + 1}: expected ${expected}`,
    )
  }

  /** A string in JSON, if one stands next. */
  #string(): string | undefined {
    if (this.#line[this.#at] !== '"') return undefined
    const [text] = this.#match(/"(?:[^"\\]|\\.)*"/y, 'a whole string')
    try {
      return JSON.parse(text) as string
    } catch {
      return this.fail('a string as in JSON')
    }
  }

  #match(pattern: RegExp, expected: string): RegExpExecArray {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#line)
    if (match === null) return this.fail(expected)
    this.#at = pattern.lastIndex
    return match
  }
}

const units = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }

/** The lines of a text, one after the other. */
export class Lines {
  readonly #lines: string[]
  #at = 0

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/)
  }

  peek(): string | undefined {
    return this.#lines[this.#at]
  }

  next(): Scanner {
    const line = this.peek()
    if (line === undefined) {
      throw new SluiceError('dump_unreadable', `line ${this.#at + 1}: the text ends too early`)
    }
    return new Scanner(line, ++this.#at)
  }

  /** The next line, past its indent; undefined when it has none. */
  nextIndented(): Scanner | undefined {
    if (!this.peek()?.startsWith('    ')) return undefined
    const line = this.next()
    line.expect('    ')
    return line
  }

  /** False when nothing else follows. */
  skipBlank(): boolean {
    while (this.peek() === '') this.#at++
    return this.peek() !== undefined
  }
}
