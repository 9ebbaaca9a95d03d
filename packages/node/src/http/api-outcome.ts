// What became of a call: its result as JSON text, or its error.
//
//   {"result": …}     {"error": {"code", "message"}}     in a batch: {"publish": …}

import { type Code, SluiceError } from '@sluice/core'
import { type ErrorReply, errors } from '@sluice/protocol'
import { Refused } from '../edge/replies.ts'
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
    const known = errorOf(error)
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

function errorOf(error: unknown): ErrorReply | undefined {
  if (error instanceof Refused) return error.error
  if (!(error instanceof SluiceError)) return undefined
  // A behaviour's own words, without the code that leads them: it refused on purpose.
  if (error.code === 'ask_failed')
    return { code: 400, message: error.message.replace(/^\[\w+\] /, '').slice(0, 200) }
  return knownErrors[error.code]
}

const knownErrors: Partial<Record<Code, ErrorReply>> = {
  mailbox_full: errors.tooManyRequests,
  capacity_exceeded: errors.tooManyRequests,
  not_available: errors.notAvailable,
  closed: errors.notAvailable,
}
