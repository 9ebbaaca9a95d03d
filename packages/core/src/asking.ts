// Messages that are waited for: an ask and its answer, a send and its place in the receiver's mailbox.

import type { Actor } from './actor.ts'
import { Ask, type Reply } from './ask.ts'
import type { AskOptions, Hold } from './behavior.ts'
import { endedError } from './context.ts'
import { SluiceError } from './errors.ts'
import type { Delivery } from './mailbox.ts'
import { bare, carry } from './tracer.ts'
import { hold } from './waits.ts'

/** Sends `to` a question. Settles with the answer, or rejects: see `Ref.ask`. */
export function ask<Answer>(
  to: Actor,
  make: (reply: Reply<Answer>) => never,
  options: AskOptions,
): Promise<Answer> {
  const { kernel } = to
  const asker = options.self as Actor | undefined
  const over = asker?.over()
  if (over !== undefined) return Promise.reject(endedError(over))
  if (to.refuses) return Promise.reject(new SluiceError('actor_dead', to.name))
  const timeoutMs = Math.max(0, Math.min(options.timeoutMs ?? kernel.askTimeoutMs, left(asker)))
  let held: Hold | undefined
  let traced: ((error: unknown) => void) | undefined
  const question = new Ask<Answer>(kernel.wheel, timeoutMs, (done, error) => {
    to.rare?.asks?.delete(done as unknown as Ask<never>)
    held?.release()
    traced?.(error)
  })
  if (asker !== undefined) {
    const deadline = kernel.now + timeoutMs
    held = hold(asker, 'ask', to, deadline, (end) => question.fail(endedError(end)))
  }
  let delivery: Delivery | undefined
  try {
    if (kernel.tracer === undefined) delivery = tellFor(asker, to, make(question))
    else {
      traced = kernel.tracer.ask(to, () => {
        delivery = tellFor(asker, to, make(question))
      })
      if (!question.open) traced(undefined)
    }
  } catch (error) {
    question.fail(error)
    return question.promise
  }
  if (delivery === 'full' || delivery === 'dropped') {
    question.fail(new SluiceError('mailbox_full', to.name))
  } else if (delivery === 'dead') {
    question.fail(new SluiceError('actor_dead', to.name))
  } else if (question.open) {
    // The receiver's death answers whom it did not.
    ;(to.more().asks ??= new Set()).add(question as unknown as Ask<never>)
  }
  return question.promise
}

/** Tells `to` something on behalf of an actor whose handler may not be on the stack: after an await, or in another's turn. */
export function tellFor(from: Actor | undefined, to: Actor, message: unknown): Delivery {
  const { kernel } = to
  const { current } = kernel
  if (from !== undefined) kernel.current = from
  try {
    return to.tell(message as never)
  } finally {
    kernel.current = current
  }
}

/** How long the asker's context lasts; without end in a stop hook, whose time is the grace. */
function left(asker: Actor | undefined): number {
  if (asker === undefined || asker.context.ended) return Infinity
  return asker.context.deadline - asker.kernel.now
}

/** The ask that a message carries by the name of `reply`, if it does. */
export function replyOf(message: unknown): Ask<never> | undefined {
  try {
    const reply = (bare(message) as { reply?: unknown } | null | undefined)?.reply
    return reply instanceof Ask ? (reply as unknown as Ask<never>) : undefined
  } catch {
    return undefined
  }
}

/** A message that made room for a younger one: whoever asked hears it now. */
export function displaced(message: unknown): void {
  replyOf(message)?.fail(new SluiceError('mailbox_full', 'displaced by a younger message'))
}

/** Waits in the receiver's line; the push happens within the call that frees the slot. */
export function sendLater(from: Actor, to: Actor, message: unknown): Promise<Delivery> {
  // It goes from within the receiver's turn, but it is told here.
  const letter = carry(from.kernel, message)
  let wanted = true
  const delivered = new Promise<Delivery>((resolve) => {
    const push = (): void => {
      if (wanted) resolve(tellFor(from, to, letter))
    }
    const queued = to.mailbox?.whenSpace(push) ?? false
    if (!queued) resolve(to.alive ? 'full' : 'dead')
  })
  return from.wait('mailbox', to, delivered).finally(() => {
    wanted = false
  })
}
