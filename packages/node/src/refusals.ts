// What was thrown, as a client or a backend hears it: an error reply, or nothing when it was nobody's plan.

import { type Code, SluiceError } from '@sluice/core'
import { type ErrorReply, errors } from '@sluice/protocol'

/** Ends a command or a call with an error reply. */
export class Refused extends Error {
  readonly error: ErrorReply

  constructor(error: ErrorReply) {
    super(error.message)
    this.error = error
  }
}

/** Nobody can be let in or answered at the moment. */
export const notNow: ErrorReply = { ...errors.notAvailable, temporary: true }

/** What became of a subscribe that its own client, or the server API, took back before the room had answered. */
export const leftEarly: ErrorReply = {
  ...errors.badRequest,
  message: 'bad request: unsubscribed meanwhile',
}

/** The reply that an error stands for; undefined for a fault, which is told to the node and is error 100 outside. */
export function refusalReply(error: unknown): ErrorReply | undefined {
  if (error instanceof Refused) return error.error
  if (!(error instanceof SluiceError)) return undefined
  // A behaviour's own words, without the code that leads them: it refused on purpose.
  if (error.code === 'ask_failed') {
    return { code: 400, message: error.message.replace(/^\[\w+\] /, '').slice(0, 200) }
  }
  return replies[error.code]
}

const replies: Partial<Record<Code, ErrorReply>> = {
  mailbox_full: errors.tooManyRequests,
  capacity_exceeded: errors.tooManyRequests,
  // A bus without its link, as a rule: without `temporary`, clients would take it as final.
  not_available: notNow,
  closed: notNow,
  ask_timeout: { ...notNow, message: 'not available: no answer in time' },
  actor_dead: { ...notNow, message: 'not available: who should answer has ended' },
}
