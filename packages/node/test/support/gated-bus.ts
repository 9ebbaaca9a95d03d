// A bus whose calls wait at a gate: as one behind a network, that a test can hold, let go on, and let fail.
//
//   call ─▶ [gate: question] ─▶ the bus in memory ─▶ [gate: answer] ─▶ result

import type { Bus } from '@sluice/cluster'

type Call = Exclude<keyof Bus, 'setMembers' | 'ready' | 'close'>

interface Gate {
  where: 'question' | 'answer'
  open: Promise<void>
  release: () => void
}

export class GatedBus {
  /** Every call, by name and room. */
  readonly calls: string[] = []
  readonly #gates = new Map<Call, Gate>()
  readonly #faults = new Map<Call, unknown>()
  readonly #stands = new Map<Call, () => unknown>()

  /** Around a bus. */
  readonly wrap = (bus: Bus): Bus =>
    new Proxy(bus, {
      get: (target, name: string) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          this.calls.push(typeof args[0] === 'string' ? `${name} ${args[0]}` : name)
          const inner = (): unknown => Reflect.apply(value, target, args)
          return this.#call(name as Call, this.#stands.get(name as Call) ?? inner)
        }
      },
    })

  /** From now on these calls wait, before they reach the bus or before their result comes back. */
  hold(call: Call, where: Gate['where'] = 'answer'): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#gates.get(call)
    const release = (): void => {
      before?.release()
      resolve()
    }
    this.#gates.set(call, { where, open: promise, release })
  }

  /** Lets those that wait go on, and later ones pass. */
  release(call: Call): void {
    this.#gates.get(call)?.release()
    this.#gates.delete(call)
  }

  /** From now on these calls fail; without an error they work again. */
  fail(call: Call, error?: unknown): void {
    if (error === undefined) this.#faults.delete(call)
    else this.#faults.set(call, error)
  }

  /** From now on these calls are answered by `run` instead. */
  instead(call: Call, run: () => unknown): void {
    this.#stands.set(call, run)
  }

  count(call: string): number {
    return this.calls.filter((each) => each === call).length
  }

  #call(name: Call, run: () => unknown): unknown {
    const gate = this.#gates.get(name)
    const result = async (): Promise<unknown> => {
      if (gate?.where === 'question') await gate.open
      if (this.#faults.has(name)) throw this.#faults.get(name)
      const answer = await run()
      if (gate?.where === 'answer') await gate.open
      return answer
    }
    return gate === undefined && !this.#faults.has(name) ? run() : result()
  }
}
