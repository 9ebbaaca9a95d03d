// A dump as JSON text, in pieces: a dump of 100,000 actors is 40 MB, and whoever writes it lets the loop turn in between.

import type { Dump } from '@sluice/core'

/** Rows that become text at once: well below a millisecond. */
const rowsPerPiece = 200

/** The pieces of a dump's JSON, in order. */
export function* jsonPieces(dump: Dump): Generator<string, void, undefined> {
  let before = '{'
  for (const [key, value] of Object.entries(dump) as [string, unknown][]) {
    if (value === undefined) continue
    yield `${before}${JSON.stringify(key)}:`
    before = ','
    if (Array.isArray(value)) yield* listPieces(value)
    else yield JSON.stringify(value)
  }
  yield `${before === '{' ? '{' : ''}}`
}

function* listPieces(rows: readonly unknown[]): Generator<string, void, undefined> {
  yield '['
  for (let at = 0; at < rows.length; at += rowsPerPiece) {
    const text = JSON.stringify(rows.slice(at, at + rowsPerPiece))
    yield `${at === 0 ? '' : ','}${text.slice(1, -1)}`
  }
  yield ']'
}
