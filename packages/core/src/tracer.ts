// Following messages from who tells to who handles. The kernel only carries: what goes along with a message, and what is
// made of it, is the business of whoever traces. Without a tracer a message costs one look, and nothing goes along.
//
//   handler ─ tell ─▶ [message, what goes along] ─▶ mailbox ─▶ handle(what went along, receive)
//           └ ask ──▶ the same, and told when it has settled

import type { Actor } from './actor.ts'
import type { Ref } from './behavior.ts'
import type { Kernel } from './kernel.ts'
import { messageType } from './message-type.ts'

/** Who follows messages. Its calls are on the path of every message: they are quick, and never throw. */
export interface Tracer {
  /** What goes along with a message that is told here and now; undefined for nothing. */
  carry(): unknown
  /** Calls `receive`, which handles a message that `carried` went along with, and returns what it returns. */
  handle(carried: unknown, actor: Ref, type: string, receive: () => unknown): unknown
  /** Calls `send`, which sends a question. What is returned is called once when that has settled. */
  ask(to: Ref, send: () => void): (error: unknown) => void
}

/** A message in a mailbox, with what goes along. */
export class Carried {
  readonly message: unknown
  readonly along: unknown

  constructor(message: unknown, along: unknown) {
    this.message = message
    this.along = along
  }
}

/** The message as it goes into a mailbox; once wrapped, it stays as it is. */
export function carry({ tracer }: Pick<Kernel, 'tracer'>, message: unknown): unknown {
  if (tracer === undefined || message instanceof Carried) return message
  const along = tracer.carry()
  return along === undefined ? message : new Carried(message, along)
}

/** Has the actor handle a message that something went along with. */
export function handle({ message, along }: Carried, actor: Actor): unknown {
  const receive = (): unknown =>
    actor.program.behavior.receive(actor.state, message, actor as never)
  return actor.kernel.tracer!.handle(along, actor, messageType(message), receive)
}

/** The message without what goes along. */
export function bare(message: unknown): unknown {
  return message instanceof Carried ? message.message : message
}
