// Room patterns: `*` stands for any characters, also none; everything else for itself. No regular expression, because
// patterns come from outside and backtracking over `*a*a*a*b` takes exponential time; this takes one pass for each piece.

/** A test for names, made once per pattern. */
export function createGlob(pattern: string): (name: string) => boolean {
  const pieces = pattern.split('*')
  const prefix = pieces.shift() ?? ''
  const suffix = pieces.pop()
  if (suffix === undefined) return (name) => name === pattern
  const inner = pieces.filter((piece) => piece !== '')
  return (name) => {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) return false
    const end = name.length - suffix.length
    let at = prefix.length
    // The leftmost match of each piece leaves the most for those that follow.
    for (const piece of inner) {
      const found = name.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= end
  }
}
