// Taking dumps, whoever asks: one at a time (dump-turn.ts), all of them into the archive and told as events. Rules and the watchdog pace
// themselves; alerts come from outside, and are held to the cooldown here.
//
//   signal, HTTP, rule, alert ─▶ dump      ─▶ archive, as it is read ─▶ dump.written, dump.skipped or dump.failed
//   crash, exit               ─▶ dumpSync  ─▶ archive, at once
//   watchdog                  ────────────────────────────────▶ told ─▶ dump.written, …

import { hostname } from 'node:os'
import {
  type ActorFilter,
  type Dump,
  type DumpReason,
  jsonPieces,
  streamDump,
  takeDump,
} from '@sluice/core'
import { redact } from '../redact.ts'
import type { Services } from '../services.ts'
import { Archive, type ArchivedDump, type NewDump } from './archive.ts'
import { Cooldown } from './cooldown.ts'
import { DumpTurn } from './dump-turn.ts'
import { Views } from './view-work.ts'

/** A dump of some actors, and what is to be said of it. */
export interface PartDump {
  readonly filter: ActorFilter
  readonly notes: readonly string[]
}

/** What became of a dump. */
export type DumpOutcome =
  | { what: 'written'; dump: ArchivedDump }
  | { what: 'skipped'; why: 'busy' | 'cooldown' }
  | { what: 'failed'; error: unknown }

/** A process group and a wrapper both forward a signal: one wish, as in cli/lifetime.ts. */
const signalCooldownMs = 250
/** How long the end of a process waits for the watchdog's dump: as long as for one of its own. */
const endPatienceMs = 5_000

export class Dumper {
  readonly archive: Archive
  readonly views: Views
  readonly turn: DumpTurn = new DumpTurn()
  readonly #services: Services
  readonly #facts: () => Record<string, number | string>
  readonly #cooldown = new Cooldown()

  constructor(services: Services, facts: () => Record<string, number | string>) {
    this.#services = services
    this.#facts = facts
    this.archive = new Archive(services.options.dumps)
    this.views = new Views(() => this.archive.folder)
  }

  /** Takes a dump and writes it, unless one is being written or this reason was one just now. Never rejects. */
  async dump(reason: DumpReason, part?: PartDump): Promise<DumpOutcome> {
    if (!this.turn.take('loop')) return this.told(reason, { what: 'skipped', why: 'busy' })
    try {
      if (!this.#mayNow(reason)) return this.told(reason, { what: 'skipped', why: 'cooldown' })
      const { system, options } = this.#services
      const about = this.#about()
      const notes = [...(about.notes ?? []), ...(part?.notes ?? [])]
      const text = streamDump(system, {
        form: 'json',
        limit: options.dumps.maxActors,
        ...(part && { filter: part.filter }),
        about: { ...about, reason, ...(notes.length > 0 && { notes }) },
      })
      const dump = await this.archive.write(this.#name(reason), text)
      return this.told(reason, { what: 'written', dump })
    } catch (error) {
      return this.told(reason, { what: 'failed', error })
    } finally {
      this.turn.give('loop')
    }
  }

  /** The same before anything else can happen, for a process that ends. */
  dumpSync(reason: DumpReason, error?: unknown): DumpOutcome {
    this.turn.insist('end', endPatienceMs, 'loop')
    try {
      const { system, options } = this.#services
      const taken: Dump = {
        ...takeDump(system, { limit: options.dumps.maxActors }),
        ...this.#about(),
        reason,
        ...(error !== undefined && { error: textOf(error) }),
      }
      const dump = this.archive.writeSync(this.#name(reason), jsonPieces(taken))
      return this.told(reason, { what: 'written', dump })
    } catch (failure) {
      return this.told(reason, { what: 'failed', error: failure })
    } finally {
      this.turn.give('end')
    }
  }

  /** The same for an error that nobody caught. */
  crash(error: unknown): DumpOutcome {
    return this.dumpSync({ trigger: 'crash', detail: nameOf(error) }, error)
  }

  /** Tells everybody what became of a dump, also of one that was taken elsewhere. */
  told(reason: DumpReason, outcome: DumpOutcome): DumpOutcome {
    const { trigger, detail = '' } = reason
    const { events } = this.#services
    if (outcome.what === 'written') {
      const { id, bytes } = outcome.dump
      events.emit({ name: 'dump.written', trigger, detail, dump: id, bytes })
    } else if (outcome.what === 'skipped') {
      events.emit({ name: 'dump.skipped', trigger, detail, why: outcome.why })
    } else events.emit({ name: 'dump.failed', trigger, detail, error: outcome.error })
    return outcome
  }

  #name({ trigger }: DumpReason): NewDump {
    const { system, options } = this.#services
    return { at: system.clock.wall(), node: options.name, trigger }
  }

  /** What is known of the node. */
  #about(): Pick<Dump, 'node' | 'facts' | 'notes'> {
    const { options, uid, version, bus } = this.#services
    const node = { name: options.name, uid, pid: process.pid, host: hostname(), version }
    try {
      return { node, facts: { ...this.#facts(), link: bus.linkState() } }
    } catch (error) {
      return { node, notes: [`no figures: ${String(error)}`] }
    }
  }

  #mayNow({ trigger, detail = '' }: DumpReason): boolean {
    const { options, system } = this.#services
    const now = system.clock.now()
    if (trigger === 'signal') return this.#cooldown.pass(trigger, now, signalCooldownMs)
    if (trigger !== 'alert') return true
    return this.#cooldown.pass(`${trigger} ${detail}`, now, options.dumps.cooldownMs)
  }
}

/** `TypeError: x is not a function` */
function nameOf(error: unknown): string {
  return textOf(error).split('\n', 1)[0]!.slice(0, 300)
}

/** An error as Node shows it, without secrets that stand in URLs. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return String(redact(text))
}
