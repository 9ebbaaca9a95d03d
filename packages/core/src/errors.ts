// The one error class of the kernel. Its code is a fact from a closed set, and leads the message:
//
//   [mailbox_full] room lobby holds 1024 messages

/** Everything that can be wrong, by name. */
export const Code = {
  /** The receiver's mailbox is full and its policy is to reject, or too many senders already wait for space. */
  mailbox_full: 'mailbox_full',
  /** The receiver is dead, or the reference is one to an earlier tenant of its row. */
  actor_dead: 'actor_dead',
  /** No reply came before the deadline of the ask. */
  ask_timeout: 'ask_timeout',
  /** The receiver answered with a failure, or died with the question in hand. */
  ask_failed: 'ask_failed',
  /** The context that owns this work has ended. */
  context_ended: 'context_ended',
  /** The context's deadline passed. */
  deadline_exceeded: 'deadline_exceeded',
  /** The actor table has no free row. */
  too_many_actors: 'too_many_actors',
  /** One parent has as many children as it may have. */
  too_many_children: 'too_many_children',
  /** A handler threw something that is no SluiceError. */
  handler_failed: 'handler_failed',
  /** A supervisor spent its restarts. */
  restarts_exhausted: 'restarts_exhausted',
  /** A state machine uses what cannot be expressed here. */
  machine_unsupported: 'machine_unsupported',
  /** An option has a value, or a name, that is not allowed. */
  option_invalid: 'option_invalid',
  /** A bounded resource other than a mailbox or the table is used up. */
  capacity_exceeded: 'capacity_exceeded',
  /** The name belongs to somebody alive. */
  name_taken: 'name_taken',
  /** The thing was closed and takes no more work. */
  closed: 'closed',
  /** Bytes or a message broke the protocol. */
  protocol_invalid: 'protocol_invalid',
  /** A text is not the text of a dump. */
  dump_unreadable: 'dump_unreadable',
  /** Who writes as the owner of a name has been succeeded by another owner. */
  owner_fenced: 'owner_fenced',
  /** Nothing behind it at the moment: a link that is down, a feature the host lacks. */
  not_available: 'not_available',
} as const

/** One of the closed set of codes. */
export type Code = (typeof Code)[keyof typeof Code]

/** An error with a code that programs can switch on; the text is for people. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options)
    this.code = code
  }

  /** Whatever was thrown, as a SluiceError: itself if it is one, else wrapped under `code` with the thing as the cause. */
  static from(thrown: unknown, code: Code = Code.handler_failed): SluiceError {
    if (thrown instanceof SluiceError) return thrown
    return new SluiceError(code, textOf(thrown), { cause: thrown })
  }
}

/** Anything can be thrown, also objects whose text throws in turn; describing them must not. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message || thrown.name : thrown)
  } catch {
    return 'something that has no text'
  }
}
