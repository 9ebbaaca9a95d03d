// The part of the options that is about dumps: where they go, how many are kept, and what starts one.

import type * as z from 'zod'
import { formatPath, type Problem } from '../config-error.ts'
import { duration, flag, fraction, type Given, list, oneOf } from '../option-leaves.ts'
import { orFalse, overlay, partly, section, text, whole } from '../option-leaves.ts'
import { figures, type SloRule } from './slo.ts'

/** Signals that may ask for a dump: those that mean nothing else to a node or to Node. */
export const dumpSignals = ['SIGUSR2', 'SIGHUP', 'SIGQUIT', 'SIGPWR'] as const

export interface DumpsOptions {
  /** The folder for them. Default `~/.local/state/sluice/dumps`, or one for temporary files: seeing/archive-folder.ts. */
  dir?: string
  /** How many are kept. Default 100. */
  keep: number
  /** What they may take together; the newest stays, however large. Default 268,435,456. */
  maxBytes: number
  /** Actors that one lists; its totals count all. Default 100,000. */
  maxActors: number
  /** Asks for one; false for none. Default `SIGUSR2`. */
  signal: (typeof dumpSignals)[number] | false
  /** Between two for the same reason, but for those that a person asks for. Default 60,000. */
  cooldownMs: number
  /** A thread looks whether the event loop turns, and writes a dump when it does not. Default true. */
  watchdog: boolean
  /** Loops that stand for so long are stalled. Default 500. */
  stallMs: number
  /** The share of its limit that the heap may fill before the watchdog writes a dump. Default 0.9. */
  heapShare: number
  /** Default: an orphan for 30 s. */
  rules: readonly SloRule[]
}

export const dumpsDefaults: DumpsOptions = {
  keep: 100,
  maxBytes: 268_435_456,
  maxActors: 100_000,
  signal: 'SIGUSR2',
  cooldownMs: 60_000,
  watchdog: true,
  stallMs: 500,
  heapShare: 0.9,
  rules: [{ name: 'orphans', figure: 'orphans', above: 0, forMs: 30_000 }],
}

/** A rule, as a file writes it. */
export type RuleConfig<Time = number | string> = Pick<SloRule, 'name' | 'figure' | 'above'> &
  Given<Pick<SloRule, 'forMs' | 'growsBy' | 'growsInMs'>, Time>

type Written<Time> = Given<Omit<DumpsOptions, 'rules'>, Time> & {
  rules?: RuleConfig<Time>[] | undefined
}

/** The section, as a file writes it. */
export type DumpsConfig = Written<number | string>

/** The section, checked, with nothing filled in. */
export type ParsedDumps = Written<number>

const day = 86_400_000
const megabyte = 1_048_576
const most = 1e15

const rule: z.ZodType<RuleConfig<number>, RuleConfig> = partly(
  {
    name: text('a name: printable ASCII, at most 64 characters', /^[\x20-\x7e]{1,64}$/),
    figure: oneOf(figures),
    above: fraction(0, most),
  },
  { forMs: duration(0, day), growsBy: fraction(0, most), growsInMs: duration(1_000, 3_600_000) },
)

/** The schema of the section. */
export const dumpsSchema: z.ZodType<ParsedDumps, DumpsConfig> = section({
  dir: text('the path of a folder'),
  keep: whole(1, 100_000),
  maxBytes: whole(megabyte, 1_048_576 * megabyte),
  maxActors: whole(1, 16_777_216),
  signal: orFalse(oneOf(dumpSignals)),
  cooldownMs: duration(0, day),
  watchdog: flag(),
  stallMs: duration(50, 600_000),
  heapShare: fraction(0.1, 0.99),
  rules: list('a list of rules', rule),
})

/** What is given over the defaults. */
export function resolveDumps(
  { rules, ...given }: ParsedDumps,
  absolute: (path: string) => string,
): DumpsOptions {
  return {
    ...overlay(dumpsDefaults, given),
    ...(given.dir !== undefined && { dir: absolute(given.dir) }),
    ...(rules && { rules: rules.map((one) => ({ ...one, forMs: one.forMs ?? 0 })) }),
  }
}

/** Rules that contradict each other, or themselves. */
export function findDumpProblems({ rules }: DumpsOptions): Problem[] {
  const problems: Problem[] = []
  const names = new Set<string>()
  for (const [index, { name, growsBy, growsInMs }] of rules.entries()) {
    const say = (key: string, message: string): void =>
      void problems.push({ key: formatPath(['dumps', 'rules', index, key]), message })
    if (names.has(name)) say('name', `another rule is called ${name}`)
    names.add(name)
    if (growsBy !== undefined && growsInMs === undefined) say('growsInMs', 'growsBy needs it')
    if (growsInMs !== undefined && growsBy === undefined) say('growsBy', 'growsInMs needs it')
  }
  return problems
}
