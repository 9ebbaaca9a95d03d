// How late a loop is, by a timer that is due every few milliseconds: each time that it fires later is a sample.

export interface Late {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const everyMs = 2

export class Lateness {
  #samples: number[] = []
  #timer: NodeJS.Timeout | undefined

  begin(): void {
    this.#samples = []
    const look = (due: number): void => {
      const now = performance.now()
      this.#samples.push(Math.max(0, now - due))
      this.#timer = setTimeout(look, everyMs, now + everyMs)
    }
    this.#timer = setTimeout(look, everyMs, performance.now() + everyMs)
  }

  end(): Late {
    clearTimeout(this.#timer)
    const sorted = this.#samples.toSorted((a, b) => a - b)
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
    return { p50: at(0.5), p99: at(0.99), max: at(1) }
  }
}
