// What the kernel costs with nothing around it: actors, messages, transitions, memory, and taking it all down again;
// beside XState's own actors, where they do the same.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { measures as analysis } from './kernel/analysis.ts'
import { measures as dumps } from './kernel/dump.ts'
import { measures as sluice } from './kernel/sluice.ts'
import { measures as xstate } from './kernel/xstate.ts'
import type { Bench, Settings } from './support/bench.ts'
import { nodeOn } from './support/machine.ts'
import type { Measure, Table } from './support/report.ts'

const contenders = { sluice: { ...sluice, ...dumps, ...analysis }, xstate }

const costs: Measure[] = [
  { key: 'spawnCall', title: 'spawn, the call', unit: 'ns' },
  { key: 'spawnSampled', title: '1 % with stacks', unit: 'ns' },
  { key: 'spawn', title: 'spawn and start', unit: 'ns', compare: true },
  { key: 'pingPong', title: 'tell, 1 to 1', unit: 'ns', compare: true },
  { key: 'tellSeen', title: 'looked at closely', unit: 'ns' },
  { key: 'tellBeside', title: 'the others then', unit: 'ns' },
  { key: 'oneToMany', title: 'tell, 1 to 1000', unit: 'ns', compare: true },
  { key: 'lifecycle', title: 'lifecycle event', unit: 'ns', compare: true },
]

const memory: Measure[] = [
  { key: 'idle100k', title: 'first 100,000', unit: 'bytes', compare: true },
  { key: 'idle300k', title: '300,000 more', unit: 'bytes', compare: true },
  { key: 'idleTold', title: 'told once, all', unit: 'bytes', compare: true },
]

const bulk: Measure[] = [
  { key: 'reapEach', title: 'reap, an actor', unit: 'ns' },
  { key: 'reapStall', title: 'longest stall', unit: 'ms' },
  { key: 'histogram', title: 'histogram of 1 M', unit: 'ms' },
]

const looks: Measure[] = [
  { key: 'dumpCut', title: 'first, the cut', unit: 'ms' },
  { key: 'dumpFirst', title: 'first, longest', unit: 'ms' },
  { key: 'dumpTurn', title: 'longest turn', unit: 'ms' },
  { key: 'dumpStall', title: 'longest stall', unit: 'ms' },
  { key: 'dumpGroups', title: 'groups, longest', unit: 'ms' },
  { key: 'dumpAll', title: 'all of it', unit: 'ms' },
  { key: 'dumpLeft', title: 'memory left', unit: 'bytes' },
]

const looksAtMillion: Measure[] = [
  { key: 'millionCount', title: 'histogram', unit: 'ms' },
  { key: 'millionCountLeft', title: 'memory left', unit: 'bytes' },
  { key: 'millionTurn', title: 'groups, longest', unit: 'ms' },
  { key: 'millionLeft', title: 'memory left', unit: 'bytes' },
]

const meanings: Measure[] = [
  { key: 'groups', title: 'groups', unit: 'ms' },
  { key: 'clusters', title: 'clusters', unit: 'ms' },
  { key: 'map', title: 'state map', unit: 'ms' },
  { key: 'blocked', title: 'what blocks', unit: 'ms' },
  { key: 'waits', title: 'who waits on', unit: 'ms' },
  { key: 'lints', title: 'lints, of two', unit: 'ms' },
  { key: 'diff', title: 'diff, verdict', unit: 'ms' },
]

export const bench: Bench = {
  name: 'kernel',
  about: 'actors alone: spawn, tell, lifecycle, memory, reap, dump',
  run: async (settings) => {
    const entries = Object.entries(contenders).map(([name, measures]) => ({
      name,
      measures: Object.keys(measures),
      rounds: [] as Record<string, number>[],
    }))
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const { name, measures, rounds } of entries) {
        const found: Record<string, number> = {}
        for (const measure of measures) {
          settings.progress(`kernel · round ${round} of ${settings.rounds} · ${name} ${measure}`)
          Object.assign(found, runOnce(settings, name, measure))
        }
        rounds.push(found)
      }
    }
    const [own] = entries
    const how = `median of ${settings.rounds} rounds, each measure in a process of its own`
    const table = (title: string, setting: string, measures: Measure[], all: boolean): Table => ({
      title,
      setting,
      measures,
      entries: all ? entries : [own!],
      notes: [],
    })
    return [
      table('kernel: what things cost', `processor time; ${how}`, costs, true),
      table('kernel: heap of an idle actor', `besides its row in the table; ${how}`, memory, true),
      table('kernel: 100,000 actors at once', `stall by the wall clock; ${how}`, bulk, false),
      table(
        'kernel: a dump of 100,000 as JSON',
        `processor time but for the stall; ${how}`,
        looks,
        false,
      ),
      table('kernel: a million looked at', `processor time; ${how}`, looksAtMillion, false),
      table('kernel: a dump of 100,000 explained', `processor time; ${how}`, meanings, false),
    ]
  },
}

function runOnce(settings: Settings, contender: string, measure: string): Record<string, number> {
  const program = fileURLToPath(new URL('kernel/program.ts', import.meta.url))
  const [command, args] = nodeOn(settings.cores?.server, [
    '--expose-gc',
    '--max-old-space-size=4096',
    program,
    contender,
    measure,
  ])
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`kernel ${contender} ${measure} failed: ${stderr}`)
  return JSON.parse(stdout) as Record<string, number>
}
