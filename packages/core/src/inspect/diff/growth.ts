// Figures of single actors that grew between two dumps of one life: mailboxes, timers, bytes queued for a peer. Pure.

import type { ActorRow } from '../dump.ts'
import type { Pair } from './pair.ts'
import { compareText } from '../phrases.ts'

export interface GrownFigure {
  actor: ActorRow
  figure: (typeof figures)[number]
  before: number
  after: number
}

const figures = ['mailbox', 'timers', 'queue'] as const

/** What counts as growth: less is the ordinary to and fro. */
const least: Record<GrownFigure['figure'], number> = {
  mailbox: 100,
  timers: 100,
  queue: 65_536,
}

/** Those that grew most, by their own measure, first. */
export function grownFigures({ from, to, earlier }: Pair): GrownFigure[] {
  // A thread that read the table alone saw no timers and no columns: those did not grow from nothing.
  const told = from.described === 'never' ? (['mailbox'] as const) : figures
  const grown: GrownFigure[] = []
  for (const actor of to.actors) {
    const before = earlier.get(actor.id)
    if (before === undefined) continue
    for (const figure of told) {
      const [old, now] = [read(before, figure), read(actor, figure)]
      if (now - old >= least[figure]) grown.push({ actor, figure, before: old, after: now })
    }
  }
  const size = ({ figure, before: old, after }: GrownFigure): number =>
    (after - old) / least[figure]
  return grown.sort((a, b) => size(b) - size(a) || compareText(a.actor.id, b.actor.id))
}

function read({ mailbox, timers, more }: ActorRow, figure: GrownFigure['figure']): number {
  if (figure === 'mailbox') return mailbox
  if (figure === 'timers') return timers ?? 0
  return typeof more?.['queue'] === 'number' ? more['queue'] : 0
}
