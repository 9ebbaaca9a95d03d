// The rules of the options, looked at once a second; a breach is a reason for a dump.

import type { DumpReason, Timer } from '@sluice/core'
import type { Services } from '../services.ts'
import { Figures } from './figures.ts'
import { RuleWatch } from './slo.ts'

const lookMs = 1_000

/** Looks at this node's figures until it is closed; `due` hears why a dump is due. */
export class SloWatch {
  readonly #services: Services
  readonly #watches: readonly RuleWatch[]
  readonly #figures: Figures
  readonly #due: (reason: DumpReason) => void
  readonly #timer: Timer | undefined

  constructor(services: Services, due: (reason: DumpReason) => void) {
    const { rules, cooldownMs } = services.options.dumps
    this.#services = services
    this.#due = due
    this.#watches = rules.map((rule) => new RuleWatch(rule, cooldownMs))
    this.#figures = new Figures(services, new Set(rules.map(({ figure }) => figure)))
    if (rules.length > 0) this.#timer = services.system.wheel.add(lookMs, lookAt, this)
  }

  /** Looks at every rule. */
  look(): void {
    const { clock, wheel } = this.#services.system
    const now = clock.now()
    const figures = this.#figures.read(now)
    for (const watch of this.#watches) {
      const breach = watch.look(now, figures[watch.rule.figure])
      if (breach !== undefined) this.#due({ trigger: 'slo', ...breach })
    }
    if (this.#timer !== undefined) wheel.reset(this.#timer, lookMs)
  }

  close(): void {
    if (this.#timer !== undefined) this.#services.system.wheel.cancel(this.#timer)
    this.#figures.close()
  }
}

function lookAt(watch: SloWatch): void {
  watch.look()
}
