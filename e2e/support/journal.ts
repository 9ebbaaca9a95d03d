// What was heard, in order, and a way to wait for what is still to come. A wait that is not met says what came instead.

/** Longer than anything a test waits for; shorter than the time a test has, so that the wait is what reports. */
const patienceMs = 20_000

interface Waiter<T> {
  met: (entries: readonly T[]) => T | undefined
  found: (entry: T) => void
}

export class Journal<T> {
  readonly name: string
  readonly entries: T[] = []
  #waiters: Waiter<T>[] = []

  constructor(name: string) {
    this.name = name
  }

  get size(): number {
    return this.entries.length
  }

  add(entry: T): void {
    this.entries.push(entry)
    this.#waiters = this.#waiters.filter(({ met, found }) => {
      const wanted = met(this.entries)
      if (wanted !== undefined) found(wanted)
      return wanted === undefined
    })
  }

  /** The n-th entry, counted from 1. */
  nth(n: number): Promise<T> {
    return this.#wait(`entry ${n}`, (entries) => entries[n - 1])
  }

  /** The first entry for which this is true. */
  first(wanted: (entry: T) => boolean): Promise<T> {
    return this.#wait(`one with ${wanted.toString()}`, (entries) => entries.find(wanted))
  }

  #wait(what: string, met: Waiter<T>['met']): Promise<T> {
    const there = met(this.entries)
    if (there !== undefined) return Promise.resolve(there)
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        met,
        found(entry) {
          clearTimeout(timer)
          resolve(entry)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter)
        const came = JSON.stringify(this.entries.slice(-5))
        reject(new Error(`${this.name}: no ${what} among ${this.size}, the last: ${came}`))
      }, patienceMs)
      this.#waiters.push(waiter)
    })
  }
}
