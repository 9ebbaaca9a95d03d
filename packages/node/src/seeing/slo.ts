// When a node is not as it should be: rules over its figures. Pure: looks, with the time, come from outside.
//
//   above 5,000 ──── for 2 min ──────────▶ held ┐
//                    grew by > 150 in 30 s ─────┴▶ broken ─▶ a dump, and one more a cooldown later, to compare it with

import { formatDuration } from '../duration.ts'

/** The figures that a rule can be about. */
export const figures = [
  'actors',
  'waiting',
  'orphans',
  'connections',
  'rooms',
  'loopLagMs', // the longest since the last look
  'gcPauseMs', // the longest since the last look
  'allocatedBytesPerS',
  'heapBytes',
  'rssBytes',
] as const

export type Figure = (typeof figures)[number]

/** What must not last. */
export interface SloRule {
  /** Unique; stands in the dump. */
  name: string
  figure: Figure
  /** Broken when the figure is above this… */
  above: number
  /** …for so long. Default 0: at once. */
  forMs: number
  /** And grew by more than this… */
  growsBy?: number | undefined
  /** …within so long. */
  growsInMs?: number | undefined
}

/** A rule that was broken just now: why a dump is due. */
export interface Breach {
  /** `crowd: actors 6120, above 5000 for 2m, grew by 210 in 30s` */
  detail: string
  value: number
  threshold: number
}

/** Dumps of one spell: the first shows what was there, the second what grew. More would push both out of the archive. */
const dumpsPerSpell = 2
/** Looks further apart than this prove nothing about the time between them: the process was stopped, or its loop was. */
const longestGapMs = 5_000

/** One rule and what it has seen. */
export class RuleWatch {
  readonly rule: SloRule
  readonly #cooldownMs: number
  #lookedAt = -Infinity
  #aboveSince: number | undefined = undefined
  #calmSince: number | undefined = undefined
  #dumps = 0
  #dumpedAt = -Infinity
  /** The oldest first; as far back as the slope needs. */
  #seen: { at: number; value: number }[] = []

  constructor(rule: SloRule, cooldownMs: number) {
    this.rule = rule
    this.#cooldownMs = cooldownMs
  }

  /** Looks at the figure; says so when a dump is due. */
  look(now: number, value: number): Breach | undefined {
    if (now - this.#lookedAt > longestGapMs) this.#forget()
    this.#lookedAt = now
    const grown = this.#grow(now, value)
    const { above, forMs, growsBy } = this.rule
    if (value > above) this.#aboveSince ??= now
    else this.#aboveSince = undefined
    const held = this.#aboveSince !== undefined && now - this.#aboveSince >= forMs
    const broken = held && (growsBy === undefined || (grown !== undefined && grown > growsBy))
    if (!broken) {
      this.#calmSince ??= now
      if (now - this.#calmSince >= this.#cooldownMs) this.#dumps = 0
      return undefined
    }
    this.#calmSince = undefined
    if (this.#dumps >= dumpsPerSpell || now - this.#dumpedAt < this.#cooldownMs) return undefined
    this.#dumps++
    this.#dumpedAt = now
    return { detail: tell(this.rule, value, grown), value, threshold: above }
  }

  #forget(): void {
    this.#aboveSince = undefined
    this.#seen = []
  }

  /** By how much it grew; undefined as long as nobody looked that long ago. */
  #grow(now: number, value: number): number | undefined {
    const { growsInMs } = this.rule
    if (growsInMs === undefined) return undefined
    const seen = this.#seen
    seen.push({ at: now, value })
    while (seen.length > 1 && seen[1]!.at <= now - growsInMs) seen.shift()
    const [base] = seen
    return base!.at <= now - growsInMs ? value - base!.value : undefined
  }
}

function tell(rule: SloRule, value: number, grown: number | undefined): string {
  const { name, figure, above, forMs, growsInMs } = rule
  const lasting = forMs > 0 ? ` for ${formatDuration(forMs)}` : ''
  const growing =
    grown === undefined || growsInMs === undefined
      ? ''
      : `, grew by ${Math.round(grown)} in ${formatDuration(growsInMs)}`
  return `${name}: ${figure} ${Math.round(value)}, above ${above}${lasting}${growing}`
}
