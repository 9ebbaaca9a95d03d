// `sluice trace`: follows one actor for a minute, and prints each message that it takes when it is done with it.

import type { Command } from 'commander'
import type { Trace } from '../inspect/trace.ts'
import { addAdminFlags, AdminError, adminFor, type AdminFlags } from './admin.ts'
import { clean, terminalOf } from './table.ts'
import { TraceLines } from './trace-lines.ts'

interface TraceFlags extends AdminFlags {
  seconds?: string
  reason?: string
  node?: string
}

export function addTrace(program: Command): void {
  const command = program
    .command('trace')
    .description('follow one actor, message by message, where adminActions allows it')
    .argument('<id>', 'as `sluice actors` shows it')
    .option('-s, --seconds <number>', 'for so long, at most 600; 0 ends a trace (default: 60)')
    .option('--reason <text>', 'what the log shall say')
    .option('--node <name>', 'on this node of the cluster')
  addAdminFlags(command).action(trace)
}

async function trace(id: string, flags: TraceFlags): Promise<void> {
  const { seconds, reason, node, ...rest } = flags
  const admin = await adminFor(rest)
  const path = `/debug/actors/${encodeURIComponent(id)}/trace`
  const begun = await admin.post<Trace>(path, { seconds, reason, node })
  const { quit, forget } = enough()
  const { behavior, actor, node: name, over, leftMs } = begun
  console.log(
    over === undefined
      ? clean(`${behavior} ${actor} of ${name}, for ${Math.ceil(leftMs / 1_000)} s`)
      : clean(`${behavior} ${actor} of ${name}, as it was seen`),
  )
  const lines = new TraceLines()
  try {
    await follow(begun, lines, quit, (since) => admin.get<Trace>(path, { since, node }))
  } finally {
    forget()
  }
  print(lines.end(terminalOf()))
}

/** Prints what comes, until the trace is over or somebody has seen enough. */
async function follow(
  begun: Trace,
  lines: TraceLines,
  quit: Promise<'enough'>,
  ask: (since: number) => Promise<Trace>,
): Promise<void> {
  print(lines.take(begun))
  if (begun.over !== undefined) return
  // A node in trouble may be silent for a while; when its trace must be over, it is too late to wait for it.
  const until = performance.now() + begun.leftMs + patienceMs
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    if ((await Promise.race([quit, soon()])) === 'enough') return
    try {
      // oxlint-disable-next-line no-await-in-loop -- and one answer after the other
      const found = await Promise.race([quit, ask(lines.since)])
      if (found === 'enough') return
      print(lines.take(found))
      if (found.over !== undefined) return
    } catch (error) {
      if (!(error instanceof AdminError) || performance.now() > until) throw error
      console.error(clean(error.message))
    }
  }
}

const intervalMs = 500
const patienceMs = 10_000

function soon(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, intervalMs))
}

/** Resolves on ctrl-C, or when nobody reads any more. A second ctrl-C does what it always does. */
function enough(): { quit: Promise<'enough'>; forget: () => void } {
  const { promise: quit, resolve } = Promise.withResolvers<'enough'>()
  const end = (): void => resolve('enough')
  process.once('SIGINT', end)
  process.stdout.once('error', end)
  return {
    quit,
    forget() {
      process.off('SIGINT', end)
    },
  }
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) console.log(lines.join('\n'))
}
