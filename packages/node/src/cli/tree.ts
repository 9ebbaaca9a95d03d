// `sluice tree`: who belongs to whom.

import { type Command, InvalidArgumentError } from 'commander'
import { printTree } from '@sluice/core'
import { fetchDumps } from './actors.ts'
import { addAdminFlags, AdminError, adminFor, type AdminFlags } from './admin.ts'
import { clean, terminalOf } from './table.ts'

interface TreeFlags extends AdminFlags {
  depth?: number
  fold: number
  node?: string
  cluster?: boolean
}

export function addTree(program: Command): void {
  const command = program
    .command('tree')
    .description('print the supervision tree')
    .argument('[id]', 'begin with this actor')
    .option('-d, --depth <levels>', 'levels shown (default: all)', parseCount)
    .option('-f, --fold <number>', 'more siblings of a kind than this are one line', parseCount, 5)
    .option('--node <name>', 'of this node of the cluster')
    .option('--cluster', 'of every node')
  addAdminFlags(command).action(tree)
}

async function tree(id: string | undefined, flags: TreeFlags): Promise<void> {
  const admin = await adminFor(flags)
  const query = { debug: 2, format: 'json', ...(flags.cluster && { limit: 10_000 }) }
  const { dumps, missing } = await fetchDumps(admin, query, flags)
  const { depth, fold } = flags
  const { width } = terminalOf()
  for (const { node, dump } of dumps) {
    const text = printTree(dump, {
      fold,
      ...(depth !== undefined && { depth }),
      ...(id !== undefined && { from: id }),
    })
    if (text === '' && id !== undefined && dumps.length === 1)
      throw new AdminError(`no live actor ${id}`)
    if (dumps.length > 1) console.log(`── node ${node} ──`)
    for (const line of text.split('\n')) console.log(cut(clean(line), width))
    if (dump.actors.length < dump.total) {
      console.log(`${dump.total - dump.actors.length} of ${dump.total} actors are not shown`)
    }
  }
  for (const sentence of missing) console.log(sentence)
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}

/** A whole number from 0 up. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}
