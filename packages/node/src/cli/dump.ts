// `sluice dump`: has nodes write a dump into their archives, or prints one.

import { Command } from 'commander'
import { type Dump, printActors, printGroups } from '@sluice/core'
import type { DumpList } from '../inspect/dumps.ts'
import type { ArchivedDump } from '../seeing/archive.ts'
import { addAdminFlags, type AdminClient, adminFor, type AdminFlags } from './admin.ts'
import { findDump } from './dump-source.ts'
import { answered, missingOf, type Reached } from './reached.ts'
import { clean, type Column, formatTable, terminalOf } from './table.ts'

interface DumpFlags extends AdminFlags {
  reason?: string
  node?: string
  cluster?: boolean
  list?: boolean
  groups?: boolean
  json?: boolean
}

export function addDump(program: Command): void {
  const command = program
    .command('dump')
    .description('have a node write a dump into its archive, or print one')
    .argument('[dump]', 'print this one: a file, an id of the archive, or "now"')
    .option('--groups', 'print what looks alike as one, with counts')
    .option('--json', 'print JSON')
    .option('--list', 'list what the archives hold')
    .option('--reason <text>', 'what the dump shall say')
    .option('--node <name>', 'this node of the cluster')
    .option('--cluster', 'every node')
  addAdminFlags(command).action(dump)
}

async function dump(name: string | undefined, flags: DumpFlags): Promise<void> {
  if (name !== undefined) return console.log(show(await findDump(name, flags, flags.node), flags))
  const admin = await adminFor(flags)
  if (flags.list) return await list(admin, flags)
  const { node, reason } = flags
  if (node === undefined && !flags.cluster) {
    const written = await admin.post<ArchivedDump>('/debug/dumps', { reason })
    return console.log(flags.json ? JSON.stringify(written) : `dump ${written.id}`)
  }
  const reached = await admin.post<Reached<ArchivedDump>>('/debug/nodes/dumps', { node, reason })
  if (flags.json) return console.log(JSON.stringify(reached))
  for (const { node: where, view } of answered(reached).nodes)
    console.log(`${where}: dump ${view.id}`)
  for (const line of missingOf(reached)) console.log(line)
}

function show(found: Dump, { json, groups }: DumpFlags): string {
  if (json) return JSON.stringify(found)
  const text = (groups ? printGroups(found) : printActors(found)).trimEnd()
  // In a file it has to stay as it is, to be read again.
  if (!process.stdout.isTTY) return text
  return text
    .split('\n')
    .map((line) => clean(line))
    .join('\n')
}

async function list(admin: AdminClient, { node, cluster, json }: DumpFlags): Promise<void> {
  const query = cluster ? {} : { node: node ?? (await ownName(admin)) }
  const reached = await admin.get<Reached<DumpList>>('/debug/nodes/dumps', query)
  if (json) return console.log(JSON.stringify(reached))
  const rows = answered(reached).nodes.flatMap(({ node: where, view }) =>
    view.dumps.map((archived) => ({ where, archived })),
  )
  type Row = (typeof rows)[number]
  const columns: Column<Row>[] = [
    { title: 'DUMP', value: ({ archived }) => archived.id },
    { title: 'KB', value: ({ archived }) => Math.ceil(archived.bytes / 1_024) },
  ]
  if (reached.nodes.length > 1) columns.unshift({ title: 'NODE', value: ({ where }) => where })
  console.log(formatTable(columns, rows, terminalOf()).join('\n'))
  for (const { view } of reached.nodes) console.log(`in ${view.folder}`)
  for (const line of missingOf(reached)) console.log(line)
}

async function ownName(admin: AdminClient): Promise<string> {
  const { node } = await admin.get<{ node: string }>('/debug/actors/0')
  return node
}
