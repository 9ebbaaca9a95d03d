// Why there is nothing to see: the query is wrong, it is not allowed, or what it names is not there.

import { SluiceError } from '@sluice/core'

export const noViewStatuses = [400, 403, 404, 409, 503] as const

export type NoViewStatus = (typeof noViewStatuses)[number]

export class NoView extends Error {
  override readonly name = 'NoView'
  /** As in HTTP. */
  readonly status: NoViewStatus

  constructor(status: NoViewStatus, message: string) {
    super(message)
    this.status = status
  }
}

/** Why there is nothing to see, if that is what was thrown: also when the node ended before it had an answer. */
export function noViewOf(error: unknown): NoView | undefined {
  if (error instanceof NoView) return error
  const ended = error instanceof SluiceError && error.code === 'closed'
  return ended ? new NoView(503, 'this node has ended') : undefined
}
