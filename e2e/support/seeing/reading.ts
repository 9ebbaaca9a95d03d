// What a reader makes of a dump: its groups, its actors and what they mean, as the command line prints them.

import {
  blockedActors,
  type Dump,
  lintDump,
  printActors,
  printBlocked,
  printGroups,
  printLints,
  printWaitGraph,
  waitGraph,
} from '@sluice/core'

/** Without its actors one by one. */
export function readMeaning(dump: Dump): string {
  return [
    ...printLints(lintDump(dump)),
    '',
    ...printBlocked(blockedActors(dump)),
    '',
    ...printWaitGraph(waitGraph(dump)),
    '',
    printGroups(dump),
  ].join('\n')
}

export function readDump(dump: Dump): string {
  return [readMeaning(dump), printActors(dump)].join('\n')
}
