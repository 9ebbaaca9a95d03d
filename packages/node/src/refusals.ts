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
  not_available: errors.notAvailable,
  closed: errors.notAvailable,
  ask_timeout: {
    ...errors.notAvailable,
    message: 'not available: no answer in time',
    temporary: true,
  },
  actor_dead: {
    ...errors.notAvailable,
    message: 'not available: who should answer has ended',
    temporary: true,
  },
}
