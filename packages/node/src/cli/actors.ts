// `sluice actors`: what the actors of a running node, or of all of them, are doing.

import type { Command } from 'commander'
import { type ActorRow, type Dump, printMs, type TombstoneRow } from '@sluice/core'
import { addAdminFlags, type AdminClient, adminFor, type AdminFlags, type Query } from './admin.ts'
import { answered, missingOf, type Reached } from './reached.ts'
import { type Column, formatTable, type Style, terminalOf } from './table.ts'

interface ActorsFlags extends AdminFlags {
  search?: string
  state?: string
  wait?: string
  behavior?: string
  room?: string
  older?: string
  blocked?: boolean
  dead?: boolean
  limit: string
  node?: string
  cluster?: boolean
  json?: boolean
}

/** A node's dump, and whose it is. */
export interface NodeDump {
  node: string
  dump: Dump
}

export function addActors(program: Command): void {
  const command = program
    .command('actors')
    .description('list actors and what they do')
    .option('-f, --search <text>', 'only those with this text in their id, behaviour or label')
    .option('-s, --state <state>', 'only those that are idle, running or waiting')
    .option('-w, --wait <class>', 'only those that wait for socket, ask, mailbox, lock, redis, …')
    .option('-b, --behavior <name>', 'only those with this behaviour')
    .option('-r, --room <name>', 'only a room, its behaviour and its members')
    .option('-o, --older <time>', 'only those in their state for so long: 30s, 5m')
    .option('--blocked', 'only those that wait, or are stuck in a handler')
    .option('--dead', 'the last dead instead')
    .option('-n, --limit <number>', 'at most so many of each node', '50')
    .option('--node <name>', 'of this node of the cluster')
    .option('--cluster', 'of every node')
    .option('--json', 'the dump as JSON')
  addAdminFlags(command).action(actors)
}

async function actors(flags: ActorsFlags): Promise<void> {
  const admin = await adminFor(flags)
  const { search, state, wait, behavior, room, older, blocked, limit } = flags
  const asked = { search, state, wait, behavior, room, older, blocked }
  const query = { debug: 2, format: 'json', limit, ...asked }
  const { dumps, missing, reached } = await fetchDumps(admin, query, flags)
  if (flags.json) return console.log(JSON.stringify(reached ?? dumps[0]!.dump))
  const lines = flags.dead ? deadLines(dumps) : actorLines(dumps)
  console.log([...lines, ...missing].join('\n'))
}

/** The dumps that the flags ask for, and sentences about the nodes that gave none; `reached` is how several nodes said it. */
export async function fetchDumps(
  admin: AdminClient,
  query: Query,
  { node, cluster }: { node?: string; cluster?: boolean },
): Promise<{ dumps: NodeDump[]; missing: string[]; reached?: Reached<Dump> }> {
  if (node === undefined && !cluster) {
    const dump = await admin.get<Dump>('/debug/actors', query)
    return { dumps: [{ node: dump.node?.name ?? '', dump }], missing: [] }
  }
  const scope = node === undefined ? { scope: 'cluster' } : { node }
  const reached = answered(await admin.get<Reached<Dump>>('/debug/actors', { ...query, ...scope }))
  return {
    dumps: reached.nodes.map(({ node: name, view }) => ({ node: name, dump: view })),
    missing: missingOf(reached),
    reached,
  }
}

const stateStyles: Partial<Record<string, Style>> = { running: 'green', waiting: 'yellow' }

/** What an actor does, in a few words: `waiting: ask room 3f`. */
export function doing({ state, wait }: Pick<ActorRow, 'state' | 'wait'>): string {
  if (wait === undefined) return state
  const target = [wait.target, wait.actor, wait.dead && '(dead)'].filter(Boolean).join(' ')
  return `waiting: ${wait.class}${target && ` ${target}`}`
}

function actorLines(dumps: readonly NodeDump[]): string[] {
  const rows = dumps.flatMap(({ node, dump }) => dump.actors.map((actor) => ({ node, actor })))
  type Row = (typeof rows)[number]
  const columns: Column<Row>[] = [
    { title: 'ID', value: ({ actor }) => actor.id },
    { title: 'BEHAVIOUR', value: ({ actor }) => actor.behavior },
    {
      title: 'STATE',
      value: ({ actor }) => doing(actor),
      style: ({ actor }) => (actor.orphan || actor.wait?.dead ? 'red' : stateStyles[actor.state]),
    },
    { title: 'FOR', value: ({ actor }) => printMs(actor.wait?.ms ?? actor.ms) },
    { title: 'BOX', value: ({ actor }) => actor.mailbox },
    { title: 'HANDLED', value: ({ actor }) => actor.handled },
    { title: 'LABEL', value: ({ actor }) => actor.label },
  ]
  if (dumps.length > 1) columns.unshift({ title: 'NODE', value: ({ node }) => node })
  const sum = (read: (dump: Dump) => number): number =>
    dumps.reduce((before, { dump }) => before + read(dump), 0)
  const [total, matched] = [sum((dump) => dump.total), sum((dump) => dump.matched ?? dump.total)]
  const cut = matched > rows.length && matched < total ? ` of ${matched} that match,` : ''
  return [...formatTable(columns, rows, terminalOf()), `${rows.length}${cut} of ${total} actors`]
}

function deadLines(dumps: readonly NodeDump[]): string[] {
  const rows = dumps.flatMap(({ node, dump }) => dump.tombstones.map((tomb) => ({ node, tomb })))
  type Row = { node: string; tomb: TombstoneRow }
  const columns: Column<Row>[] = [
    { title: 'ID', value: ({ tomb }) => tomb.id },
    { title: 'BEHAVIOUR', value: ({ tomb }) => tomb.behavior },
    {
      title: 'CODE',
      value: ({ tomb }) => tomb.code,
      style: ({ tomb }) => (/failed|killed|unknown|forced/.test(tomb.code) ? 'red' : undefined),
    },
    { title: 'AGO', value: ({ tomb }) => printMs(tomb.agoMs) },
    { title: 'LIVED', value: ({ tomb }) => printMs(tomb.livedMs) },
    { title: 'END', value: ({ tomb }) => tomb.end },
  ]
  if (dumps.length > 1) columns.unshift({ title: 'NODE', value: ({ node }) => node })
  return [...formatTable(columns, rows, terminalOf()), `${rows.length} of the last dead`]
}
