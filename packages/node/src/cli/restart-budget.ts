// How often processes may die before that is no accident any more: pure arithmetic, time is told by who asks.

/** What a budget allows. */
export interface RestartBudgetOptions {
  /** Restarts within `withinMs`, of all processes together. Default 5. */
  restarts: number
  /** Default 60,000. */
  withinMs: number
  /** The wait before the first restart; each further one within `withinMs` waits twice as long. Default 250. */
  firstDelayMs: number
  /** Default 5,000. */
  maxDelayMs: number
}

/** What a budget allows when nothing is said. */
export const restartBudgetDefaults: RestartBudgetOptions = {
  restarts: 5,
  withinMs: 60_000,
  firstDelayMs: 250,
  maxDelayMs: 5_000,
}

/** Counts restarts. */
export class RestartBudget {
  readonly #options: RestartBudgetOptions
  #taken: number[] = []

  constructor(options: Partial<RestartBudgetOptions> = {}) {
    this.#options = { ...restartBudgetDefaults, ...options }
  }

  /** How long to wait before this restart, in milliseconds; undefined when the budget is spent. */
  take(now: number): number | undefined {
    const { restarts, withinMs, firstDelayMs, maxDelayMs } = this.#options
    this.#taken = this.#taken.filter((at) => now - at < withinMs)
    if (this.#taken.length >= restarts) return undefined
    this.#taken.push(now)
    return Math.min(firstDelayMs * 2 ** (this.#taken.length - 1), maxDelayMs)
  }
}
