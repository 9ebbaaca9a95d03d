// Reading a query whose keys are known: what is unknown, or no word of its key's, is told by name.

/** For each key the words that it may be, the first one being meant when it is missing; undefined for any text. */
type Keys = Readonly<Record<string, readonly [string, ...string[]] | undefined>>

/** The value of each key; a text says what is wrong. `token` is the gate's and may stand in every query. */
export function readQuery<const K extends Keys>(
  parameters: URLSearchParams,
  keys: K,
): { [Key in keyof K]: K[Key] extends readonly string[] ? K[Key][number] : string } | string {
  const problems: string[] = []
  const read: Record<string, string> = {}
  for (const name of new Set(parameters.keys())) {
    if (name !== 'token' && !Object.hasOwn(keys, name)) {
      problems.push(`${name}: unknown, known are ${Object.keys(keys).join(', ')}`)
    }
  }
  for (const [name, words] of Object.entries(keys)) {
    const value = parameters.get(name) ?? words?.[0] ?? ''
    if (words?.includes(value) === false) {
      problems.push(`${name}: expected one of ${words.join(', ')}`)
    }
    read[name] = value
  }
  return problems.length > 0 ? problems.join('; ') : (read as never)
}
