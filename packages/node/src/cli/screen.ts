// A screen that is drawn again and again, and keys. The terminal is given back as it was, whatever happens.

import { emitKeypressEvents } from 'node:readline'

export interface Key {
  /** `q`, `up`, `return`. */
  readonly name: string
  readonly ctrl: boolean
  /** What was typed, if it is text. */
  readonly text: string
}

const enter = '\u001B[?1049h\u001B[?25l'
const leave = '\u001B[?25h\u001B[?1049l'
/** What ends a process that does not listen. */
const endings = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const

export class Screen {
  readonly #onKey: (key: Key) => void
  readonly #leave = (): void => this.close()
  /** Nobody listens any more then, so that the signal does what it does. */
  readonly #end = (signal: NodeJS.Signals): void => {
    this.close()
    process.kill(process.pid, signal)
  }
  #open = false

  constructor(onKey: (key: Key) => void) {
    this.#onKey = onKey
  }

  get height(): number {
    return process.stdout.rows || 24
  }

  open(): void {
    this.#open = true
    emitKeypressEvents(process.stdin)
    process.stdin.setRawMode(true)
    process.stdin.on('keypress', this.#keypress)
    process.stdin.resume()
    process.once('exit', this.#leave)
    for (const signal of endings) process.once(signal, this.#end)
    process.stdout.write(enter)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    process.stdin.off('keypress', this.#keypress)
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.off('exit', this.#leave)
    for (const signal of endings) process.off(signal, this.#end)
    process.stdout.write(leave)
  }

  /** Draws over what was there, without a flicker. */
  draw(lines: readonly string[]): void {
    if (!this.#open) return
    const shown = lines.slice(0, this.height)
    process.stdout.write(`\u001B[H${shown.map((line) => `${line}\u001B[K`).join('\r\n')}\u001B[J`)
  }

  readonly #keypress = (
    text: string | undefined,
    { name, ctrl }: { name?: string; ctrl?: boolean },
  ): void => this.#onKey({ name: name ?? text ?? '', ctrl: ctrl ?? false, text: text ?? '' })
}
