// What a frame that breaks the protocol throws. It has the shape of a Disconnect: whoever catches it closes with it.

import { disconnects } from './codes.ts'

/** The frame cannot be answered, only the connection closed: with `code` and `reason`. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
  readonly code: number = disconnects.badRequest.code
  /** Names the place in the frame, in this package's own words: nothing the client sent is repeated. */
  readonly reason: string

  constructor(problem: string) {
    const reason = `${disconnects.badRequest.reason}: ${problem}`
    super(reason)
    this.reason = reason
  }
}
