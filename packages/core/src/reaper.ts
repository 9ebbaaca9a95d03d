// The reaper takes down what ended contexts owned: cancellation from the top down, owners from the bottom up,
// children before parents, in slices, so that reaping 100,000 actors never stalls the loop.
//
//   end ▶ visit parent ▶ visit child ▶ … leaf: owner drained ▶ gone ▶ … parent: empty, owner drained ▶ gone
//
// An explicit stack: a chain of 100,000 nested contexts is as good as 100,000 siblings.

import type { Clock } from './clock.ts'
import type { Context } from './context.ts'

/** How many steps pass between two looks at the clock. An actor takes two or three, and its hooks what they like. */
const stepsPerLook = 8

export class Reaper {
  readonly #clock: Clock
  readonly #stack: Context[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Contexts on the way down. */
  get pending(): number {
    return this.#stack.length
  }

  add(context: Context): void {
    // The parent of what just finished is most often the next on the stack already.
    if (this.#stack[this.#stack.length - 1] !== context) this.#stack.push(context)
  }

  /** Works until done or until `until` (clock time). True when nothing is left. */
  run(until: number): boolean {
    const stack = this.#stack
    for (let steps = 1; stack.length > 0; steps++) {
      this.#step(stack)
      if (steps % stepsPerLook === 0 && this.#clock.now() >= until) return stack.length === 0
    }
    return true
  }

  #step(stack: Context[]): void {
    const top = stack[stack.length - 1]
    if (top === undefined) return
    if (top.gone) {
      stack.pop()
      return
    }
    if (!top.visited) {
      top.visit()
      return
    }
    const child = top.first
    if (child !== null) {
      stack.push(child)
      return
    }
    stack.pop()
    // Children that are leaving have owners that stop in their own time; the last of them brings us back here.
    if (!top.empty) return
    if (top.owner === null || top.owner.drained()) top.finish()
  }
}
