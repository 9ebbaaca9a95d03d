// The devtool over a cluster that is full and in trouble: three nodes, thousands of connections, actors that wait on each other, a
// peer that does not read; then a node that is frozen, one whose loop is held, and one that floods itself.
//
//   node e2e/scenes/devtool.ts [--connections 20000] [--only light-wide] [--out FOLDER] [--linger]
//
// Looks at every view, in light and dark, wide and narrow, and puts pictures of them into the folder. Lingers at each, if told to,
// until it is known how late that makes the node's loop. Ends with 1 if something does not show what it must, the console
// complains, axe finds a serious fault, or a connection was lost.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startBrowser, type TestBrowser } from '@sluice/test-support/browser'
import { chosenOf, countOf } from '../support/arguments.ts'
import { startCrowd } from '../support/devtool/crowd.ts'
import { watchLag, windowMs } from '../support/devtool/lag.ts'
import {
  type Keep,
  type Look,
  lookAround,
  lookAt,
  looks,
  type Sight,
  type Wanted,
} from '../support/devtool/looking.ts'
import { startTroubledCluster, type TroubledCluster } from '../support/devtool/scenes.ts'
import {
  becomesWhole,
  flood,
  freeze,
  keepBusy,
  stirUp,
  troubling,
} from '../support/devtool/troubles.ts'
import { printTable } from '../support/table.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { connections: text, only: text, out: text, linger: { type: 'boolean' } },
})
const connections = countOf(values.connections, 20_000)
const chosen = chosenOf(looks, values.only)
if (values.out !== undefined) await mkdir(values.out, { recursive: true })

const keep: Keep = async (name, page) => {
  if (values.out !== undefined) await page.screenshot({ path: join(values.out, `${name}.png`) })
}

const stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'sluice-devtool-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
let ending: Promise<void> | undefined
const end = (): Promise<void> => (ending ??= stack.disposeAsync())
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void end().finally(() => process.exit(1)))
}
try {
  await play()
} finally {
  await end()
}

async function play(): Promise<void> {
  const cluster = await ended(startTroubledCluster(troubling))
  const { first, nodes } = cluster
  const urls = nodes.all.map(({ gateway }) => gateway!.client)
  const began = performance.now()
  const crowd = stack.use(await startCrowd(urls, connections))
  const openedMs = performance.now() - began
  stack.use(await stirUp(first))

  const alone = watchLag(first)
  await sleep(3.5 * windowMs)
  const lagAlone = await alone.stop()

  // On a signal it would end this process before all else is ended.
  const browser = await ended(startBrowser({ handleSIGINT: false, handleSIGTERM: false }))
  const seen = watchLag(first)
  const sights: Sight[] = []
  for (const look of chosen)
    sights.push(...(await lookAround(browser, first, look, keep, values.linger)))
  const lagSeen = await seen.stop()
  printSights('every view of a node, ms until it shows', sights)

  const stuck = await lookAtTheStuck(browser, cluster)
  printSights('a node that does not answer, ms until it shows', stuck)

  const { there, missing } = await crowd.count()
  printTable('the cluster', [
    ['connections', there],
    ['opened in', `${(openedMs / 1_000).toFixed(1)} s`],
    ['loop lag p99 of the node, nobody looks', percentiles(lagAlone)],
    ['loop lag p99 of the node, looked at', percentiles(lagSeen)],
  ])
  for (const [why, count] of Object.entries(missing)) tell(`${count} connections: ${why}`)
}

function tell(problem: string): void {
  console.log(`✗ ${problem}`)
  process.exitCode = 1
}

/** With all else, even if that is while it starts. */
async function ended<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
  stack.defer(async () => await (await starting.catch(() => undefined))?.[Symbol.asyncDispose]())
  return await starting
}

/** The third is frozen, the second's loop is held, then floods itself: all of it seen from the first. */
async function lookAtTheStuck(browser: TestBrowser, cluster: TroubledCluster): Promise<Sight[]> {
  const { first, nodes } = cluster
  const [, second, third] = nodes.all
  const sights: Sight[] = []
  const during = async (
    trouble: AsyncDisposable,
    wanted: readonly Wanted[],
    as: readonly Look[],
  ): Promise<void> => {
    try {
      for (const look of as) sights.push(...(await lookAt(browser, first, look, wanted, keep)))
    } finally {
      await trouble[Symbol.asyncDispose]()
    }
    await becomesWhole(cluster)
  }
  for (const look of chosen) {
    await during(freeze(third!), silent('frozen', 'three'), [look])
    await during(await keepBusy(second!.gateway!, folder), silent('held', 'two'), [look])
  }
  const flooded: Wanted[] = [
    { view: 'held-dumps', path: 'dumps?node=two', shows: 'stall' },
    { view: 'flooded-overview', path: 'overview?node=two', shows: /floods/ },
    { view: 'flooded-actors', path: 'actors?node=two&sort=rate', shows: 'floods' },
  ]
  await during(await flood(second!.gateway!), flooded, chosen)
  return sights
}

function silent(how: string, name: string): Wanted[] {
  const shows = `${name} is a member and does not answer`
  return [
    { view: `${how}-nodes`, path: 'nodes', shows },
    { view: `${how}-cluster`, path: 'overview?node=*', shows },
    {
      view: `${how}-overview`,
      path: `overview?node=${name}`,
      // Until its lease ends; then it is no member any more.
      shows: /no answer in time|no node/,
      allows: /50[34]|404/,
    },
  ]
}

function percentiles(sorted: readonly number[]): string {
  if (sorted.length === 0) return 'too short to tell'
  const middle = sorted[Math.floor(sorted.length / 2)]!
  return `${middle.toFixed(1)} ms, at worst ${sorted.at(-1)!.toFixed(1)} ms`
}

/** A line for each view, a column for each look. */
function printSights(title: string, sights: readonly Sight[]): void {
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, at) => (at === 0 ? String(cell).padEnd(16) : String(cell).padStart(11)))
      .join(' ')
  console.log(`\n${title}`)
  console.log(
    line(['', ...chosen.map(({ name }) => name), 'KiB', 'slowest ms', 'lag p99', 'problems']),
  )
  for (const [view, same] of Map.groupBy(sights, (sight) => sight.view)) {
    const times = chosen.map(({ name }) => {
      const sight = same.find(({ look }) => look === name)
      return sight === undefined ? '' : Math.round(sight.contentMs)
    })
    const bytes = Math.max(...same.map((sight) => sight.bytes)) / 1_024
    const slowest = Math.max(...same.map(({ slowestMs }) => slowestMs))
    const lags = same.flatMap(({ lagMs }) => lagMs ?? [])
    const lag = lags.length === 0 ? '' : Math.max(...lags).toFixed(1)
    const problems = same.flatMap((sight) => sight.problems).length
    console.log(line([view, ...times, bytes.toFixed(1), Math.round(slowest), lag, problems]))
  }
  for (const { view, look, problems } of sights)
    for (const problem of problems) tell(`${view}, ${look}: ${problem}`)
}
