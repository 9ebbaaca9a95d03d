// How a command is answered when it went well; what it throws otherwise is in refusals.ts.

import { encodeReply, type Results } from '@sluice/protocol'
import type { Connection } from './connection.ts'

/** Writes a command's result. */
export function reply<M extends keyof Results>(
  connection: Connection,
  id: number,
  method: M,
  result: Results[M],
): void {
  connection.outlet.send(encodeReply(id, method, result))
}
