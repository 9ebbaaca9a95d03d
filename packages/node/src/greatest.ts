// The first few of many things in some order, without sorting the many.

/** The `limit` greatest by `rank`, the greatest first. One pass, and no more kept than is wanted. */
export function greatest<Item>(
  items: Iterable<Item>,
  limit: number,
  rank: (item: Item) => number,
): Item[] {
  const best: { item: Item; key: number }[] = []
  for (const item of items) {
    const key = rank(item)
    const least = best.at(-1)
    if (best.length >= limit && least !== undefined && key <= least.key) continue
    best.splice(placeFor(best, key), 0, { item, key })
    if (best.length > limit) best.pop()
  }
  return best.map(({ item }) => item)
}

/** Behind all that are as great. */
function placeFor(best: readonly { key: number }[], key: number): number {
  let [low, high] = [0, best.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (best[middle]!.key >= key) low = middle + 1
    else high = middle
  }
  return low
}
