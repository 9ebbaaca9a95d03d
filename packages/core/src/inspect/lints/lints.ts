// All lints over one dump, or over one and an earlier one: what is wrong, in sentences and counts, the worst first. Pure.

import { actorLints } from './actor-lints.ts'
import type { Dump } from '../dump.ts'
import { dumpLints } from './dump-lints.ts'
import { heldUp } from './held-up.ts'
import {
  type ActorLint,
  type DumpLint,
  type Finding,
  lintDefaults,
  type LintFacts,
  type LintLimits,
  type Severity,
} from './lint.ts'
import { pairOf } from '../diff/pair.ts'
import { fold, printCount, printNumber } from '../phrases.ts'
import { waitGraph } from '../map/wait-graph.ts'

export interface LintOptions extends Partial<LintLimits> {
  /** An earlier dump of the same node, for what only two tell: mailboxes that grow. */
  before?: Dump | undefined
  /** Findings told of each lint, the worst. Default 5. */
  limit?: number
}

export interface LintResult {
  lint: string
  severity: Severity
  count: number
  /** `45 actors live on although their context ended` */
  summary: string
  /** The worst first. */
  findings: Finding[]
}

export interface LintReport {
  /** Actors there were, and those that the dump lists: lints look at these. */
  total: number
  listed: number
  /** Faults first. */
  results: LintResult[]
}

/** The names of all lints, in the order of the report. */
export const lintNames: readonly string[] = lints().map(({ name }) => name)

/** What is wrong, as far as this dump tells. */
export function lintDump(dump: Dump, options: LintOptions = {}): LintReport {
  const { before, limit = 5, ...limits } = options
  const facts = factsOf(dump, before, { ...lintDefaults, ...limits })
  const results = lints()
    .map((lint) => run(lint, facts, limit))
    .filter(({ count }) => count > 0)
  return { total: dump.total, listed: dump.actors.length, results }
}

/** Each lint in a line, and its worst findings below it. */
export function printLints({ results, listed, total }: LintReport): string[] {
  const cut = listed < total ? `, of ${printNumber(listed)} listed actors` : ''
  const of = (severity: Severity): number =>
    results.filter((result) => result.severity === severity).length
  const lines =
    results.length === 0
      ? [`nothing found${cut}`]
      : [
          `${printCount(of('fault'), 'fault')}, ${printCount(of('warning'), 'warning')}, ${printCount(of('hint'), 'hint')}${cut}`,
        ]
  for (const { lint, severity, summary, findings, count } of results) {
    lines.push('', ...fold(`${severity} ${lint}: ${summary}`))
    for (const { sentence } of findings) lines.push(...fold(sentence, '    '))
    if (findings.length > 0 && findings.length < count) {
      lines.push(`    ${printNumber(count - findings.length)} more`)
    }
  }
  return lines
}

function lints(): (ActorLint | DumpLint)[] {
  const rank = { fault: 0, warning: 1, hint: 2 }
  // The sort is stable: among equals, who holds up others first, then those about one actor, in their own order.
  return [heldUp, ...actorLints, ...dumpLints].sort((a, b) => rank[a.severity] - rank[b.severity])
}

function factsOf(dump: Dump, before: Dump | undefined, limits: LintLimits): LintFacts {
  const pair = before === undefined ? undefined : pairOf(before, dump)
  // An earlier life of the node has other actors under the same ids.
  const sameLife = pair?.kinship === 'same' && !pair.swapped
  return {
    ...limits,
    dump,
    before: sameLife ? { actor: (id) => pair.earlier.get(id), agoMs: pair.betweenMs } : undefined,
    waits: waitGraph(dump, { limit: Infinity, samples: 1 }),
    whole: dump.actors.length >= dump.total,
  }
}

function run(lint: ActorLint | DumpLint, facts: LintFacts, limit: number): LintResult {
  const { name, severity } = lint
  const { count, findings } =
    'find' in lint ? lint.find(facts, limit) : findActors(lint, facts, limit)
  const summary = `${printNumber(count)} ${lint.summary[count === 1 ? 0 : 1]}`
  return { lint: name, severity, count, summary, findings }
}

function findActors(
  lint: ActorLint,
  facts: LintFacts,
  limit: number,
): { count: number; findings: Finding[] } {
  const { dump } = facts
  const found = dump.actors.filter((actor) => lint.check(actor, facts))
  const worst = found.toSorted((a, b) => lint.weight(b) - lint.weight(a)).slice(0, limit)
  return {
    count: Math.max(found.length, lint.total?.(dump) ?? 0),
    findings: worst.map((actor) => ({ sentence: lint.sentence(actor, facts), ids: [actor.id] })),
  }
}
