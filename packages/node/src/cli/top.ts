// `sluice top`: the busiest actors of a node, live. Pulls: without a viewer there is no work.
//
//   r h m s a  sort by rate, handled, mailbox, time in state, age       / filter       p pause       q quit

import { type Command, Option } from 'commander'
import { type ActorRow, type Dump, printMs } from '@sluice/core'
import { type RankName, rankNames } from '../inspect/ranks.ts'
import { doing, fetchDumps } from './actors.ts'
import { addAdminFlags, type AdminClient, AdminError, adminFor, type AdminFlags } from './admin.ts'
import { type Key, Screen } from './screen.ts'
import { clean, type Column, formatTable, type Terminal, terminalOf } from './table.ts'

interface TopFlags extends AdminFlags {
  sort: RankName
  behavior?: string
  node?: string
  limit: string
  once?: boolean
}

export function addTop(program: Command): void {
  const command = program
    .command('top')
    .description('watch the busiest actors of a node')
    .addOption(
      new Option('-s, --sort <by>', 'what the busiest are found by')
        .choices([...rankNames])
        .default('rate'),
    )
    .option('-b, --behavior <name>', 'only those with this behaviour')
    .option('-n, --limit <number>', 'at most so many', '100')
    .option('--node <name>', 'of this node of the cluster')
    .option('--once', 'print it once, as when stdout is no terminal')
  addAdminFlags(command).action(top)
}

async function top(flags: TopFlags): Promise<void> {
  const admin = await adminFor(flags)
  const live = process.stdout.isTTY && process.stdin.isTTY && flags.once !== true
  const view = new View(flags)
  if (!live) {
    view.take(await view.fetch(admin))
    console.log(view.lines(terminalOf(), Infinity).join('\n'))
    return
  }
  await watch(admin, view)
}

/** Until `q`. */
async function watch(admin: AdminClient, view: View): Promise<void> {
  const { promise: quit, resolve } = Promise.withResolvers<void>()
  let wake = (): void => {}
  const screen = new Screen((key) => {
    view.press(key)
    if (view.over) resolve()
    draw()
    wake()
  })
  const draw = (): void => screen.draw(view.lines(terminalOf(), screen.height))
  screen.open()
  try {
    while (!view.over) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        const dump = await Promise.race([view.fetch(admin), quit])
        if (dump !== undefined && !view.paused) view.take(dump)
        view.problem = ''
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        view.problem = clean(error.message)
      }
      draw()
      // oxlint-disable-next-line no-await-in-loop -- and some time between
      await new Promise<void>((done) => {
        const timer = setTimeout(done, intervalMs)
        wake = () => {
          clearTimeout(timer)
          done()
        }
      })
    }
  } finally {
    screen.close()
  }
}

const intervalMs = 1_000

/** What is on the screen, and what keys do to it. Pure but for `fetch`. */
export class View {
  sort: RankName
  filter = ''
  paused = false
  problem = ''
  /** Somebody has seen enough. */
  over = false
  #typing = false
  readonly #flags: Omit<TopFlags, 'sort'>
  #dump: Dump | undefined = undefined
  #before: Dump | undefined = undefined

  constructor({ sort, ...flags }: TopFlags) {
    this.sort = sort
    this.#flags = flags
  }

  async fetch(admin: AdminClient): Promise<Dump> {
    const { behavior, limit, node } = this.#flags
    const query = { debug: 2, format: 'json', sort: this.sort, limit, behavior }
    const { dumps } = await fetchDumps(admin, query, node === undefined ? {} : { node })
    return dumps[0]!.dump
  }

  take(dump: Dump): void {
    this.#before = this.#dump
    this.#dump = dump
  }

  press({ name, ctrl, text }: Key): void {
    if (ctrl && name === 'c') this.over = true
    else if (this.#typing) this.#type(name, ctrl, text)
    else this.#command(name, text)
  }

  #type(name: string, ctrl: boolean, text: string): void {
    if (name === 'return' || name === 'enter') this.#typing = false
    else if (name === 'escape') {
      this.filter = ''
      this.#typing = false
    } else if (name === 'backspace') this.filter = this.filter.slice(0, -1)
    else if (!ctrl && /^\P{C}+$/u.test(text)) this.filter += text
  }

  #command(name: string, text: string): void {
    const sort = rankNames.find((rank) => name.length === 1 && rank.startsWith(name))
    if (sort !== undefined) this.sort = sort
    else if (text === '/') this.#typing = true
    else if (name === 'p') this.paused = !this.paused
    else if (name === 'escape') this.filter = ''
    else if (name === 'q') this.over = true
  }

  lines(terminal: Terminal, height: number): string[] {
    const dump = this.#dump
    if (dump === undefined) return [this.problem === '' ? 'asking …' : this.problem]
    const rows = dump.actors.filter((actor) => this.#passes(actor))
    const table = formatTable(this.#columns(), rows, terminal)
    const shown = Math.max(1, height - 4)
    return [
      summary(dump),
      this.#status(),
      '',
      ...table.slice(0, shown),
      ...(rows.length >= shown ? [] : ['']),
    ]
  }

  #passes({ id, behavior, label }: ActorRow): boolean {
    return this.filter === '' || `${id} ${behavior} ${label}`.includes(this.filter)
  }

  #status(): string {
    if (this.problem !== '') return this.problem
    if (this.#typing) return `/${this.filter}▏`
    const keys = rankNames.map((rank) => (rank === this.sort ? rank.toUpperCase() : rank)).join(' ')
    const more = [
      this.filter === '' ? '/ filter' : `filter "${this.filter}"`,
      this.paused ? 'PAUSED' : 'p pause',
      'q quit',
    ]
    return [keys, ...more].join(' · ')
  }

  #columns(): Column<ActorRow>[] {
    const before = new Map(this.#before?.actors.map(({ id, handled }) => [id, handled]))
    const seconds =
      (Date.parse(this.#dump!.takenAt) - Date.parse(this.#before?.takenAt ?? '')) / 1_000
    const rate = ({ id, handled }: ActorRow): number | string => {
      const was = before.get(id)
      return was === undefined || !(seconds > 0) ? '' : Math.round((handled - was) / seconds)
    }
    return [
      { title: 'ID', value: ({ id }) => id },
      { title: 'BEHAVIOUR', value: ({ behavior }) => behavior },
      {
        title: 'STATE',
        value: doing,
        style: ({ state }) => (state === 'waiting' ? 'yellow' : undefined),
      },
      { title: 'FOR', value: ({ wait, ms }) => printMs(wait?.ms ?? ms) },
      { title: 'MSG/S', value: rate },
      { title: 'HANDLED', value: ({ handled }) => handled },
      { title: 'BOX', value: ({ mailbox }) => mailbox },
      { title: 'LABEL', value: ({ label }) => label },
    ]
  }
}

function summary({ total, population, orphans, uptimeMs, counters }: Dump): string {
  const { idle, running, waiting } = population
  return `${total} actors: ${idle} idle, ${running} running, ${waiting} waiting, ${orphans} orphans · up ${printMs(uptimeMs)} · handled ${counters['handled'] ?? 0}`
}
