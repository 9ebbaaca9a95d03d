// Why things end. Every death has exactly one code from a closed set, and a chain of causes that reads as a sentence:
//
//   connection 7f3a: context ended ← edge 3: draining ← SIGTERM

/** The closed set of reasons. `unknown` must stay at zero: a death without a reason is a bug of the kernel. */
export const endCodes = [
  'completed', // the behaviour said it is done
  'stopped', // another part asked for the end
  'context', // the context it lived in ended
  'deadline', // the deadline of its context passed
  'failed', // its handler threw, and no restart was left for it
  'escalated', // its children failed more often than its supervision allows
  'killed', // it did not stop within its grace time
  'unknown',
] as const

export type EndCode = (typeof endCodes)[number]

/** One end: what, of whom, and what caused it. Immutable, so that thousands of children share their parent's. */
export interface End {
  readonly code: EndCode
  /** Who ended: `connection 7f3a`, or empty for what has no name. */
  readonly subject: string
  /** A few words for people: `draining`, `3008 slow`, an error's message. */
  readonly detail: string
  readonly cause: End | undefined
}

/** An end, from its parts. */
export function createEnd(code: EndCode, detail = '', subject = '', cause?: End): End {
  return { code, subject, detail, cause }
}

/** The end as one line, the nearest cause first. */
export function formatEnd(end: End): string {
  const links: string[] = []
  // A chain is as long as the tree is deep; the bound guards against a cycle made by hand.
  for (let at: End | undefined = end; at !== undefined && links.length < 32; at = at.cause) {
    const what = at.detail || words[at.code]
    links.push(at.subject ? `${at.subject}: ${what}` : what)
  }
  return links.join(' ← ')
}

/** The first cause: where the chain began. */
export function rootCause(end: End): End {
  let at = end
  for (let depth = 0; at.cause !== undefined && depth < 32; depth++) at = at.cause
  return at
}

const words: Record<EndCode, string> = {
  completed: 'completed',
  stopped: 'stopped',
  context: 'context ended',
  deadline: 'deadline passed',
  failed: 'failed',
  escalated: 'restart budget spent',
  killed: 'did not stop in time',
  unknown: 'unknown',
}
