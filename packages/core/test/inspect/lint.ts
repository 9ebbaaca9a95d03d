// What lints find in a system as it is.

import type { Ref } from '../../src/behavior.ts'
import type { Dump } from '../../src/inspect/dump.ts'
import { lintDump, type LintOptions, type LintResult } from '../../src/inspect/lints/lints.ts'
import { takeDump } from '../../src/inspect/take/take.ts'
import { open, type Run } from '../actors.ts'
import type { World } from '../world.ts'

/** What is found now, by the name of the lint. */
export function lint(from: World | Dump, options?: LintOptions): Map<string, LintResult> {
  const dump = 'system' in from ? takeDump(from.system) : from
  return new Map(lintDump(dump, options).results.map((result) => [result.lint, result]))
}

/** An actor that does what it is told. */
export function spawn(world: World, name: string): Ref<Run> {
  return world.system.spawn(open(name))
}
