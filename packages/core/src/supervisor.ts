// A supervisor is a behaviour like any other, whose children are named in advance and started in order. (Every actor
// supervises what it spawns; this is for trees that are known when they are written.)

import type { AnyBehavior, Behavior, Ref, Scalar } from './behavior.ts'
import type { Supervision } from './supervision.ts'

/** One child: what it is, and what it starts with. Its behaviour says when it is restarted. */
export interface ChildSpec {
  readonly behavior: AnyBehavior
  readonly input?: unknown
}

export interface SupervisorOptions extends Partial<Supervision> {
  name: string
  /** Started in this order, stopped with their supervisor. */
  children: readonly ChildSpec[]
}

/** Asks for a child by its behaviour's name. */
export type SupervisorMessage = { type: 'child'; name: string; reply: ChildReply }

interface ChildReply {
  tell(child: Ref | undefined): void
}

/** A behaviour that starts the given children and restarts them as the options say. */
export function supervisor(options: SupervisorOptions): Behavior<SupervisorMessage, Ref[]> {
  const { name, children, ...supervise } = options
  return {
    name,
    supervise,
    restart: 'permanent',
    start(self) {
      return children.map((child) => self.spawn<never, unknown>(child.behavior, child.input))
    },
    receive(refs, message) {
      message.reply.tell(refs.find((ref) => ref.behavior.name === message.name))
    },
    describe: (refs): Record<string, Scalar> => ({ children: refs.length }),
  }
}
