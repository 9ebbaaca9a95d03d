// Reading a request's body, with a limit in bytes. The limit in time is the server's own: past its requestTimeout the
// connection is answered 408 and cut, which shows here as a client that is gone.

import type { IncomingMessage } from 'node:http'

/** A body as text, or the status that says why there is none. */
export type Body = { ok: true; text: string } | { ok: false; status: 400 | 413; why: string }

/** The client left before it had sent everything: there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/** Reads the whole body. Rejects with `ClientGone`, and with nothing else. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const tooLarge: Body = {
    ok: false,
    status: 413,
    why: `the body is larger than ${maxBytes} bytes`,
  }
  // The rest is not read here: when the answer is sent, Node drops what still comes, within requestTimeout.
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(tooLarge)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (body: Body): void => {
      request.off('data', take)
      chunks.length = 0
      resolve(body)
    }
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else finish(tooLarge)
    }
    request.on('data', take)
    request.on('end', () => finish(decode(Buffer.concat(chunks, size))))
    // Every request closes; one that ended has resolved by then.
    request.on('error', () => reject(new ClientGone('the connection broke')))
    request.on('close', () => reject(new ClientGone('the connection closed')))
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Buffer): Body {
  try {
    return { ok: true, text: utf8.decode(bytes) }
  } catch {
    return { ok: false, status: 400, why: 'the body is not UTF-8' }
  }
}
