// Asking for whatever is in sight, again and again as long as it is: few questions at a time, none for what was passed by on
// the way, and one that is under way is taken back when nobody looks there any more.

export interface AskingOptions {
  /** Between an answer and the same question again. */
  readonly everyMs: number
  /** So long something must stay in sight until it is asked for. Default 60. */
  readonly afterMs?: number
  /** Questions at a time. Default 3. */
  readonly most?: number
  /** Nothing is asked while this is false. Default: always true. */
  readonly awake?: () => boolean
}

interface Asking<Need> {
  readonly need: Need
  readonly stop: AbortController
  dueAt: number
  running: boolean
  failures: number
}

/** While nobody answers. */
const slowestMs = 10_000

export class Askings<Need extends { readonly key: string }> {
  readonly #ask: (need: Need, signal: AbortSignal) => Promise<void>
  readonly #failed: (error: unknown) => void
  readonly #options: Required<AskingOptions>
  readonly #askings = new Map<string, Asking<Need>>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    ask: (need: Need, signal: AbortSignal) => Promise<void>,
    failed: (error: unknown) => void,
    options: AskingOptions,
  ) {
    this.#ask = ask
    this.#failed = failed
    this.#options = { afterMs: 60, most: 3, awake: () => true, ...options }
  }

  /** This is in sight now, and nothing else. */
  want(needs: readonly Need[]): void {
    const wanted = new Map(needs.map((need) => [need.key, need]))
    for (const [key, { stop }] of this.#askings) {
      if (wanted.has(key)) continue
      stop.abort()
      this.#askings.delete(key)
    }
    const dueAt = Date.now() + this.#options.afterMs
    for (const [key, need] of wanted) {
      if (this.#askings.has(key)) continue
      const stop = new AbortController()
      this.#askings.set(key, { need, stop, dueAt, running: false, failures: 0 })
    }
    this.#turn()
  }

  /** Asks at once for all of it. */
  again(): void {
    for (const asking of this.#askings.values()) asking.dueAt = 0
    this.#turn()
  }

  stop(): void {
    this.want([])
  }

  #turn(): void {
    clearTimeout(this.#timer)
    const { most, awake, everyMs } = this.#options
    const all = [...this.#askings.values()]
    const waiting = all.filter(({ running }) => !running).sort((a, b) => a.dueAt - b.dueAt)
    let free = most - (all.length - waiting.length)
    const awaken = awake()
    for (const asking of waiting) {
      if (free === 0) return
      const leftMs = awaken ? asking.dueAt - Date.now() : everyMs
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#turn(), leftMs)
        return
      }
      free--
      void this.#run(asking)
    }
  }

  async #run(asking: Asking<Need>): Promise<void> {
    const { need, stop } = asking
    asking.running = true
    try {
      await this.#ask(need, stop.signal)
      asking.failures = 0
    } catch (error) {
      if (stop.signal.aborted) return this.#turn()
      asking.failures++
      this.#failed(error)
    }
    asking.running = false
    const { everyMs } = this.#options
    const later = Math.min(slowestMs, everyMs * 2 ** Math.min(asking.failures, 6))
    asking.dueAt = Date.now() + (asking.failures === 0 ? everyMs : later)
    this.#turn()
  }
}
