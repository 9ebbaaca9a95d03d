// Answers: text and JSON that no cache keeps, and that no browser takes for anything else than it is.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Sends text, or its bytes in UTF-8; without a type it is plain. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string | Uint8Array,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.destroyed) return
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(text)
}

/** Sends what is JSON text already. */
export function sendJsonText(
  response: ServerResponse,
  status: number,
  json: string | Uint8Array,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(response, status, json, { 'Content-Type': 'application/json', ...headers })
}

/** Sends a value as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  sendJsonText(response, status, JSON.stringify(value), headers)
}

/** Sends `{"error": {"code", "message"}}`. Without a code of the protocol, the code is the status. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: { code: number; message: string } | string,
  headers: OutgoingHttpHeaders = {},
): void {
  const { code, message } = typeof error === 'string' ? { code: status, message: error } : error
  sendJson(response, status, { error: { code, message } }, headers)
}
