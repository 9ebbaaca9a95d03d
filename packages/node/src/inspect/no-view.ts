// Why there is nothing to see: the query is wrong, it is not allowed, or what it names is not there.

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
