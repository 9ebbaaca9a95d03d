// A dump as JSON in pieces: one for each row, so that its rows need not all be there at once.

import type { ActorRow, Dump } from '../dump.ts'

/** What `JSON.stringify` makes of the dump with these rows in it; `late` is asked when they have all come. */
export function* jsonPieces(
  dump: Dump,
  rows: Iterable<ActorRow | undefined> = dump.actors,
  late: () => Partial<Dump> = () => ({}),
): Generator<string, void, undefined> {
  // Sites are known when the last row is.
  const { actors: _, sites, ...head } = dump
  yield `${JSON.stringify(head).slice(0, -1)},"actors":`
  let before = '['
  for (const row of rows) {
    yield row === undefined ? '' : `${before}${JSON.stringify(row)}`
    if (row !== undefined) before = ','
  }
  yield `${before === '[' ? '[' : ''}],"sites":`
  before = '{'
  for (const [code, site] of Object.entries(sites)) {
    yield `${before}"${code}":${JSON.stringify(site)}`
    before = ','
  }
  yield `${before === '{' ? '{' : ''}}`
  const rest = JSON.stringify(late())
  yield rest === '{}' ? '}' : `,${rest.slice(1)}`
}
