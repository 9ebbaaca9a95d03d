// How a command is answered: with its result, or with an error that it throws.

import { encodeReply, type ErrorReply, type Results } from '@sluice/protocol'
import type { Connection } from './connection.ts'

/** Ends a command with an error reply. */
export class Refused extends Error {
  readonly error: ErrorReply

  constructor(error: ErrorReply) {
    super(error.message)
    this.error = error
  }
}

/** Writes a command's result. */
export function reply<M extends keyof Results>(
  connection: Connection,
  id: number,
  method: M,
  result: Results[M],
): void {
  connection.outlet.send(encodeReply(id, method, result))
}
