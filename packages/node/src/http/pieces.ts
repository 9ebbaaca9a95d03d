// An answer in pieces: made while it is sent, as fast as the reader takes it. Never more in memory than a piece and what the
// socket holds.

import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Sends the pieces one after the other; ends early when the reader is gone. */
export async function sendPieces(
  response: ServerResponse,
  pieces: AsyncIterable<string>,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  response.writeHead(200, {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  for await (const piece of pieces) {
    if (response.destroyed) return
    if (response.write(piece)) continue
    await once(response, 'drain', { signal: gone.signal }).catch(() => [])
  }
  response.end()
}
