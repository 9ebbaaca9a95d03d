// An end as the chain of causes that it is: `connection 7f3a: context ended ← edge 3: draining ← SIGTERM`. Pure.

export interface Cause {
  /** Whose end it was; undefined for what is no actor. */
  readonly actor: { readonly behavior: string; readonly id: string } | undefined
  /** What happened: `draining`, an error's message. */
  readonly words: string
}

/** The nearest cause first, the one with which it began last. */
export function causesOf(end: string): Cause[] {
  return end.split(' ← ').map((link) => {
    const [, behavior, id, words] = /^(\S+) ([0-9a-f]+(?:\.[0-9a-f]+)?): ([^]*)$/.exec(link) ?? []
    if (behavior === undefined || id === undefined) return { actor: undefined, words: link }
    return { actor: { behavior, id }, words: words ?? '' }
  })
}
