// What became of a call: its result as JSON text, or its error.
//
//   {"result": …}     {"error": {"code", "message"}}     in a batch: {"publish": …}

import { type ErrorReply, errors } from '@sluice/protocol'
import { refusalReply } from '../refusals.ts'
import type { Services } from '../services.ts'

export type Outcome = { ok: true; result: string } | { ok: false; error: ErrorReply }

/** Waits for a call; never rejects. What nobody expected is told to the node, and is error 100. */
export async function settle(
  services: Services,
  method: string,
  run: () => Promise<string>,
): Promise<Outcome> {
  try {
    return { ok: true, result: await run() }
  } catch (error) {
    const known = refusalReply(error)
    if (known === undefined) {
      services.events.emit({ name: 'command.crashed', client: '', method, error })
    }
    return { ok: false, error: known ?? errors.internal }
  }
}

/** An outcome as JSON, its result under `key`. */
export function writeOutcome(outcome: Outcome, key = 'result'): string {
  if (outcome.ok) return `{"${key}":${outcome.result}}`
  const { code, message } = outcome.error
  return `{"error":${JSON.stringify({ code, message })}}`
}
