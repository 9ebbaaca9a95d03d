// A node with many actors under one parent, as the devtool sees it: most are idle, some wait on each other, on sockets and on
// timers, and a thousand a second do something. It says how late its loop was.
//
//   node watched.ts <actors>      answers each question when it is done

import { defineBehavior, type Ref, type Self } from '@sluice/core'
import { resolveOptions, startNode } from '@sluice/node'
import { until } from '../kernel/cost.ts'
import { answer } from '../support/answer.ts'
import { type Late, Lateness } from './lateness.ts'

/** What it answers when all its actors are there. */
export interface Opened {
  readonly admin: string
}

const many = Number(process.argv[2])
const tellEveryMs = 10
const toldEach = 10

type Told = { type: 'work' } | { type: 'ask'; on: Ref } | { type: 'read' }

const never = new Promise<void>(() => {})

const worker = defineBehavior<Told, { place: number; done: number }, number>({
  name: 'worker',
  start: (_self, place) => ({ place, done: 0 }),
  receive(state, told, self) {
    if (told.type === 'work') state.done++
    else if (told.type === 'ask') return self.wait('ask', told.on, never)
    else return self.wait('socket', 'drain', never)
  },
  label: ({ place }) => `worker ${place}`,
  describe: ({ done }) => ({ done }),
})

const pool = defineBehavior<{ type: 'open' }, Ref<Told>[]>({
  name: 'pool',
  start: (self: Self<{ type: 'open' }>) =>
    Array.from({ length: many }, (_, place) => self.spawn(worker, place)),
  receive: () => undefined,
})

const { options } = resolveOptions({
  insecure: true,
  port: 0,
  adminPort: 0,
  log: { level: 'error' },
  limits: { maxActors: many + 1_000 },
  dumps: { watchdog: false, rules: [] },
})
const node = await startNode(options)
const { system } = node
system.spawn(pool)
await until(() => system.table.live >= many)
const workers = system.actors.filter((actor) => actor?.behavior.name === 'worker') as Ref<Told>[]
for (const [place, each] of workers.entries()) {
  if (place % 10 === 1) each.tell({ type: 'ask', on: workers[(place % 1_000) * 10]! })
  else if (place % 10 === 2) each.tell({ type: 'read' })
}
await until(() => system.population().waiting >= Math.floor(many / 5))

let next = 0
setInterval(() => {
  for (let i = 0; i < toldEach; i++) {
    workers[(next * 10) % many]?.tell({ type: 'work' })
    next++
  }
}, tellEveryMs)

const lateness = new Lateness()
answer({
  open: (): Opened => ({ admin: node.urls.admin }),
  begin: () => {
    lateness.begin()
    return {}
  },
  end: (): Late => lateness.end(),
})
