// The command line, `sluice`. Exit codes: 0 done, 1 a fault, 2 bad usage or configuration.

import { Command, CommanderError } from 'commander'
import { ConfigError, formatProblem } from '../config-error.ts'
import { version } from '../version.ts'
import { addActors } from './actors.ts'
import { addCheck } from './check.ts'
import { addCluster } from './cluster.ts'
import { addDiff } from './diff.ts'
import { addDump } from './dump.ts'
import { addExplain } from './explain.ts'
import { addKill } from './kill.ts'
import { addLineage } from './lineage.ts'
import { addNodes } from './nodes.ts'
import { addStart } from './start.ts'
import { addStacks } from './stacks.ts'
import { addToken } from './token.ts'
import { addTop } from './top.ts'
import { addTrace } from './trace.ts'
import { addTree } from './tree.ts'

const exit = { done: 0, fault: 1, usage: 2 } as const

function createProgram(): Command {
  const program = new Command('sluice')
    .description('An actor-model, distributed WebSocket gateway')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .showHelpAfterError('Try "sluice --help".')
  addStart(program)
  addCluster(program)
  addCheck(program)
  addToken(program)
  addActors(program)
  addTree(program)
  addLineage(program)
  addTop(program)
  addNodes(program)
  addTrace(program)
  addKill(program)
  addStacks(program)
  addDump(program)
  addDiff(program)
  addExplain(program)
  return program
}

/** Says what went wrong, and returns the exit code it deserves. */
function report(error: unknown): number {
  // Commander has said it already; help and version "fail" with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage
  if (error instanceof ConfigError) {
    const lines = error.problems.map((problem) => `  ${formatProblem(problem)}`)
    const where = error.file === undefined ? 'the configuration' : error.file
    console.error(`sluice: ${where} cannot be used:\n${lines.join('\n')}`)
    return exit.usage
  }
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`)
  return exit.fault
}

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  // A node that failed halfway through its start may still hold timers and sockets.
  process.exit(report(error))
}
