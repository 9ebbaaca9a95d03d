// What a scene is told on its command line.

/** A whole number that the command line may change. */
export function countOf(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback
  if (!/^[1-9]\d{0,7}$/.test(given)) throw new Error(`expected a whole number, got ${given}`)
  return Number(given)
}

/** What `--only` names, or all that there is. */
export function chosenOf<One extends { readonly name: string }>(
  all: readonly One[],
  only: string | undefined,
): readonly One[] {
  const chosen = all.filter(({ name }) => only === undefined || name === only)
  if (chosen.length > 0) return chosen
  throw new Error(`--only takes one of ${all.map(({ name }) => name).join(' ')}`)
}
