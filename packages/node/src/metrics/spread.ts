// How figures are spread at one moment: how many are at most so large. Filled in one pass over a column, with no object
// for a row; what it says is of now, so what it counts may fall as well as rise.

/** Figures sorted into ranges. `bounds` ascend; above the last there is one range more. */
export class Spread {
  readonly bounds: Float64Array
  readonly counts: Uint32Array
  max = 0

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds)
    this.counts = new Uint32Array(bounds.length + 1)
  }

  /** So many figures of this value. */
  add(value: number, times = 1): void {
    const { bounds } = this
    let low = 0
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (value > bounds[middle]!) low = middle + 1
      else high = middle
    }
    this.counts[low]! += times
    if (value > this.max) this.max = value
  }

  /** As Prometheus has it: for each bound, how many are at most that; the last is `+Inf`. */
  cumulative(): [le: string, count: number][] {
    let sum = 0
    return [...this.counts].map((count, at) => {
      sum += count
      return [at < this.bounds.length ? String(this.bounds[at]) : '+Inf', sum]
    })
  }
}
