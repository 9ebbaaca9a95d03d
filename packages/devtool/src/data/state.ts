// What the whole page shares: where one is, which node is looked at, whether it goes on.

import { computed, signal } from '@preact/signals'
import { Api, takeToken } from './api.ts'
import { parseRoute, printRoute, type Route } from './route.ts'

export const api = new Api(takeToken())

export const route = signal<Route>(parseRoute(location.hash))
addEventListener('hashchange', () => (route.value = parseRoute(location.hash)))

/** The name of the node that is looked at; empty for the one that served the page. */
export const node = computed(() => route.value.query['node'] ?? '')

/** In the place of a node's name: all of them together. */
export const everyNode = '*'

/** Nothing is asked while this is so. */
export const paused = signal(false)

/** The node wants a token that this page does not have. */
export const locked = signal(false)

/** Goes somewhere, at the same node unless another is named. */
export function go(to: Partial<Route> & Pick<Route, 'view'>): void {
  location.hash = hrefFor(to)
}

/** The link for that. */
export function hrefFor({
  view,
  id = '',
  query = {},
}: Partial<Route> & Pick<Route, 'view'>): string {
  return printRoute({ view, id, query: { node: node.value, ...query } })
}

/** Changes a part of the query, and adds nothing to the history. */
export function refine(change: Readonly<Record<string, string>>): void {
  const { view, id, query } = route.value
  const hash = printRoute({ view, id, query: { ...query, ...change } })
  history.replaceState(null, '', hash)
  route.value = parseRoute(hash)
}
