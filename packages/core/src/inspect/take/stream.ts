// A dump as text or JSON that is written while it is read: 100,000 rows are never in memory at one time, which would cost more
// in collecting garbage than in making them.

import type { System } from '../../system.ts'
import { beginDump, laterThan, openDump } from './assemble.ts'
import { dropCut } from './cut.ts'
import type { Dump } from '../dump.ts'
import { jsonPieces } from './json.ts'
import { joinInSlices, runInSlices } from './slices.ts'
import type { SlicedDumpOptions } from './take.ts'
import { actorPieces, groupPieces } from '../text/text.ts'

export interface StreamOptions extends SlicedDumpOptions {
  form: 'text' | 'json'
  /** What else the dump says: where and why it was taken. */
  about?: Pick<Dump, 'node' | 'reason' | 'facts' | 'notes'>
}

/** The dump, a part at a time. No limit by default; whoever is slow to take the parts is told of actors later. */
export async function* streamDump(
  system: System,
  options: StreamOptions,
): AsyncGenerator<string, void, undefined> {
  const { clock } = system
  const { sliceMs = 4, form, about } = options
  const begun = beginDump(system, options)
  const tookMs = clock.now() - begun.cut.at
  const describe = laterThan(system, begun.cut)
  try {
    const work = openDump(system, begun, { limit: Infinity, ...options }, describe)
    const { dump, rows, shown } = await runInSlices(work, clock, sliceMs)
    const whole: Dump = { ...dump, ...about, tookMs, described: 'later' }
    const late = (): Partial<Dump> => ({ lateMs: clock.now() - begun.cut.at })
    if (form === 'json') yield* joinInSlices(jsonPieces(whole, rows, late), clock, sliceMs)
    else if (dump.groups !== undefined) yield* joinInSlices(groupPieces(whole), clock, sliceMs)
    else yield* joinInSlices(actorPieces(whole, rows, shown), clock, sliceMs)
  } finally {
    dropCut(begun.cut)
  }
}
