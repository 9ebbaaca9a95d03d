// Every view of the devtool, and what it must show of a cluster in trouble; a view that the page has and this has not does
// not compile.

import type { Route } from '../../../packages/devtool/src/data/route.ts'
import type { Gateway } from '../gateway.ts'

export interface View {
  readonly name: Route['view']
  /** Behind the `#/`: where it is, for this node. */
  readonly path: (first: Gateway) => Promise<string>
  readonly shows: string | RegExp
}

const promised: Record<Route['view'], string | RegExp> = {
  overview: /deadlock/,
  tree: /services/,
  map: /connection/,
  blocked: /Deadlock for/,
  actors: /asks-in-circles/,
  actor: /waiting: ask/,
  tab: /waiting: ask/,
  rooms: 'news',
  room: 'Who publishes now',
  connections: '127.0.0.1',
  nodes: 'three',
  dumps: 'Take one now',
  dead: 'Its last steps',
  flight: /transitions until/,
}

/** The views that are of one thing: which one is looked at. */
const things: Partial<Record<Route['view'], (first: Gateway) => Promise<string>>> = {
  async actor(first) {
    const { actors } = await first.actors()
    const asking = actors.find(({ wait }) => wait?.class === 'ask')
    if (asking === undefined) throw new Error('nobody asks')
    return asking.id
  },
  tab: () => Promise.resolve('asks-in-circles'),
  room: () => Promise.resolve('news'),
}

export const views: readonly View[] = Object.entries(promised).map(([view, shows]) => {
  const name = view as Route['view']
  const thing = things[name]
  const path = async (first: Gateway): Promise<string> =>
    thing === undefined ? name : `${name}/${encodeURIComponent(await thing(first))}`
  return { name, path, shows }
})
