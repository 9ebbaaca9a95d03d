// Where in the page one is: `#/actor/7f3a?node=alpha`. A link can be copied, and the browser's back button works.

export const viewNames = [
  'overview',
  'tree',
  'map',
  'blocked',
  'actors',
  'rooms',
  'connections',
  'nodes',
  'dumps',
  'dead',
  'flight',
] as const

export type ViewName = (typeof viewNames)[number]

export interface Route {
  readonly view: ViewName | 'actor' | 'room' | 'tab'
  /** What of it: an actor's id, a dump's, a room's name; a behaviour's name for its tab. */
  readonly id: string
  readonly query: Readonly<Record<string, string>>
}

/** Reads a hash; what is none of these is the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name = '', id = ''] = path.split('/').map(decode)
  const view = [...viewNames, 'actor' as const, 'room' as const, 'tab' as const].find(
    (one) => one === name,
  )
  const query = Object.fromEntries(new URLSearchParams(search))
  return view === undefined ? { view: 'overview', id: '', query } : { view, id, query }
}

export function printRoute({
  view,
  id = '',
  query = {},
}: Partial<Route> & Pick<Route, 'view'>): string {
  const search = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== ''),
  ).toString()
  const path = id === '' ? view : `${view}/${encodeURIComponent(id)}`
  return `#/${path}${search === '' ? '' : `?${search}`}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
