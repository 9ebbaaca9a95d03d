// "Did you mean …?": the known name nearest to a misspelled one.

/** The candidate a reader would have meant, or undefined when none is near enough to be a typing error. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of candidates) {
    const distance = editDistance(plain(word), plain(candidate))
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  // One slip in a short word, two in a longer one: beyond that a guess is noise.
  return bestDistance <= (word.length < 6 ? 1 : 2) ? best : undefined
}

/** `join_leave`, `join-leave` and `joinLeave` are one name to the hand that types them. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `from` into `to`. */
function editDistance(from: string, to: string): number {
  let older: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = last[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1)
      let cost = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1)
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, older[column - 2]! + 1)
      current.push(cost)
    }
    older = last
    last = current
  }
  return last[to.length]!
}
