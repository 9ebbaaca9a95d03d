// Behaviours that many tests want.

import { type Behavior, defineBehavior, type Self } from '../src/behavior.ts'

/** Does nothing with anything. */
export const inert: Behavior<unknown, number> = defineBehavior({
  name: 'inert',
  start: () => 0,
  receive: (_state, _message: unknown) => {},
})

/** Something to be done from within an actor. */
export type Run = (self: Self<Run>) => unknown

/** Does what it is told. */
export function open(name = 'open'): Behavior<Run, Self<Run>> {
  return defineBehavior({
    name,
    start: (self: Self<Run>) => self,
    receive: (self, run: Run) => run(self) as Promise<void>,
  })
}
