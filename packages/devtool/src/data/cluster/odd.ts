// Which node is odd: each of its figures beside the median of the other nodes. Pure.

export interface Odd {
  /** Of the others. */
  readonly median: number
  /** How many times as much as they; below 1 when it is less. */
  readonly times: number
}

export interface OddRule {
  /** So far from the others, at least: what is small is never odd. */
  readonly least: number
  /** So many times as much as the others. Default 3. */
  readonly factor?: number
  /** Less than the others is odd, too. */
  readonly both?: boolean
}

/** The figure at this place, if it is unlike those at the other places; with no others nothing is. */
export function oddAt(
  figures: readonly number[],
  place: number,
  { least, factor = 3, both = false }: OddRule,
): Odd | undefined {
  const others = figures.filter((_, at) => at !== place)
  if (others.length === 0) return undefined
  const own = figures[place]!
  const median = medianOf(others, own)
  if (Math.abs(own - median) < least) return undefined
  const more = own > median && own >= median * factor
  const less = both && own < median && own <= median / factor
  return more || less ? { median, times: own / median } : undefined
}

/** Of the two in the middle of an even number, the one nearer to this figure: where one is odd, the others are not. */
function medianOf(figures: readonly number[], near: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!]
  return near - low < high - near ? low : high
}
