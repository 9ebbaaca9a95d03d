// The stock list: one actor at a time may have it. Whoever waits for it says on whom, so that everybody can see; whoever dies
// with it gives it back.

import type { Ref, Self } from '@sluice/core'

export class StockList {
  #holder: Ref | undefined = undefined
  readonly #inLine: (() => void)[] = []

  /** Resolves when the actor has it. */
  async take(self: Self<never>): Promise<void> {
    while (this.#holder !== undefined) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#inLine.push(resolve)
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what a lock is for
      await self.wait('lock', this.#holder, promise)
    }
    this.#holder = self
    self.context.onEnd(() => this.giveBack(self))
  }

  giveBack(ref: Ref): void {
    if (this.#holder !== ref) return
    this.#holder = undefined
    this.#inLine.shift()?.()
  }
}
