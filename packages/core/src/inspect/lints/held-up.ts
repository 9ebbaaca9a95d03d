// The lint about the one who holds up many: at the end of their chains stands an actor that does nothing, or that itself waits
// for something that does not come. None of them is at fault, and none is past its deadline; together they are stuck. Pure.

import { printMs } from '../text/text.ts'
import type { WaitRoot } from '../map/wait-graph.ts'
import type { DumpLint, Finding, LintLimits } from './lint.ts'

export const heldUp: DumpLint = {
  name: 'held-up',
  severity: 'warning',
  summary: ['actor holds up many others', 'actors hold up many others'],
  find: (facts, limit) => {
    const roots = facts.waits.roots.filter((root) => holdsUp(root, facts))
    const findings = roots.slice(0, limit).map(({ words, ms, id }): Finding => ({
      sentence: `${words}; the longest for ${printMs(ms)}`,
      ids: [id],
    }))
    return { count: roots.length, findings }
  },
}

/** Who runs is told by the lints about handlers, who is dead by the one about waits on the dead. */
function holdsUp({ actor, all, ms }: WaitRoot, { held, heldMs }: LintLimits): boolean {
  // What many ask at once, and gets to it in its time, is no trouble: the waits are young, or its state is.
  if (actor === undefined || all < held || ms < heldMs) return false
  if (actor.wait !== undefined) return actor.wait.ms >= heldMs
  return actor.state === 'idle' && actor.mailbox === 0 && actor.ms >= heldMs
}
