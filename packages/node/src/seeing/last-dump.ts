// The dump that a process leaves when it ends, however it ends: drained, after a fault, after an error that nobody caught,
// or because some code called `process.exit`. One process, one such dump: the first, which is nearest to the cause.

import type { EventEmitter } from 'node:events'
import type { Dumper } from './dumper.ts'

export class LastDump {
  readonly #dumper: Pick<Dumper, 'dump' | 'dumpSync' | 'crash'>
  readonly #events: Pick<EventEmitter, 'on' | 'off'>
  readonly #onExit = (code: unknown): void => {
    if (!this.#written) this.#dumper.dumpSync({ trigger: 'end', detail: `exit ${String(code)}` })
  }
  #written = false

  constructor(
    dumper: Pick<Dumper, 'dump' | 'dumpSync' | 'crash'>,
    events: Pick<EventEmitter, 'on' | 'off'> = process,
  ) {
    this.#dumper = dumper
    this.#events = events
    events.on('exit', this.#onExit)
  }

  /** The node ends, and there is time to say so: a little, as a disk that hangs must not keep a process from ending. */
  async end(why: string, patienceMs = 5_000): Promise<void> {
    if (this.#written) return
    this.#written = true
    const late = Promise.withResolvers<undefined>()
    const timer = setTimeout(late.resolve, patienceMs, undefined)
    const dump = this.#dumper.dump({ trigger: 'end', detail: why })
    const outcome = await Promise.race([dump, late.promise])
    clearTimeout(timer)
    // Somebody else's dump is on its way, which may have begun before whatever happens now.
    if (outcome?.what === 'skipped') this.#dumper.dumpSync({ trigger: 'end', detail: why })
  }

  /** Nobody caught this error; nothing may come after. */
  crash(error: unknown): void {
    if (this.#written) return
    this.#written = true
    this.#dumper.crash(error)
  }

  /** The process goes on without the node. */
  close(): void {
    this.#events.off('exit', this.#onExit)
  }
}
