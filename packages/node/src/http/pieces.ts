// An answer in pieces: made while it is sent, as fast as the reader takes it, with a turn of the loop between any two. Never
// more in memory than a piece and what the socket holds.

import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** A slice of work between two turns of the loop. */
const pieceMs = 4

/** Sends the pieces one after the other; ends early when the reader is gone. */
export async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<string>,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  response.writeHead(200, {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  let until = performance.now() + pieceMs
  for (const piece of pieces) {
    if (response.destroyed) return
    if (!response.write(piece)) {
      // oxlint-disable-next-line no-await-in-loop -- the reader sets the pace
      await once(response, 'drain', { signal: gone.signal }).catch(() => [])
    } else if (performance.now() >= until) {
      // oxlint-disable-next-line no-await-in-loop -- others have their turn
      await nextTurn()
    } else continue
    until = performance.now() + pieceMs
  }
  response.end()
}
