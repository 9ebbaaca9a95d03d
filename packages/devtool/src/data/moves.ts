// Where a key leads to in a list of lines. Pure.

/** The line after the key, or undefined for a key that does not move; `page` lines are in sight. */
export function moved(key: string, at: number, count: number, page: number): number | undefined {
  const to = leads(key, at, count, Math.max(1, page - 1))
  return to === undefined || count === 0 ? undefined : Math.min(Math.max(to, 0), count - 1)
}

function leads(key: string, at: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1
    case 'ArrowUp':
      return at - 1
    case 'PageDown':
      return at + page
    case 'PageUp':
      return at - page
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
