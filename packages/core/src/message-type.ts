// What a message is called in a dump, in a site, in a trace: its `type`. Nothing else of a message is ever told.

/** The `type` of a message; empty when it has none. */
export function messageType(message: unknown): string {
  const type = (message as { type?: unknown } | null | undefined)?.type
  return typeof type === 'string' ? type : ''
}
