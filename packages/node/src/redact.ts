// What must never reach a log, a terminal or a dump: values under a secret's name, and passwords inside URLs.

import { maskUrl, redacted } from '@sluice/core'

export { maskUrl, redacted }

/** The names under which secrets travel here: options, request headers, protocol fields. */
export const secretNames = [
  'token',
  'secret',
  'secrets',
  'tokenSecret',
  'previousSecrets',
  'apiKey',
  'adminToken',
  'password',
  'authorization',
  'cookie',
] as const

const secretKeys = new Set<string>(
  [...secretNames, 'x-api-key', 'proxy-authorization', 'set-cookie'].map(plain),
)

/** Whether the value under this key is a secret, in any spelling: `apiKey`, `api_key`, `X-API-Key`. */
export function isSecretKey(key: string): boolean {
  return secretKeys.has(plain(key))
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '')
}

/**
 * A copy with every secret replaced. Maps and errors become objects, so that the copy prints as JSON; instances of
 * other classes stay what they are. Nothing is followed deeper than `depth`.
 */
export function redact(value: unknown, depth = 6): unknown {
  if (typeof value === 'string') return maskUrl(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return depth > 0 ? value.map((item) => redact(item, depth - 1)) : '[…]'
  if (!(value instanceof Map || value instanceof Error || isPlain(value))) return value
  return depth > 0 ? redactFields(value, depth) : '{…}'
}

/** The same for the fields of one object, the entries of one Map, or what an error has to tell. */
export function redactFields(fields: object, depth = 6): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [key, item] of entriesOf(fields)) {
    copy[String(key)] = isSecretKey(String(key)) ? hide(item) : redact(item, depth - 1)
  }
  return copy
}

/** How many secrets there are may be seen; none of them may. */
function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(() => redacted)
  return value === undefined || value === null ? value : redacted
}

function entriesOf(fields: object): Iterable<[unknown, unknown]> {
  if (fields instanceof Map) return fields
  if (!(fields instanceof Error)) return Object.entries(fields)
  const { name: type, message, stack, cause } = fields
  const errors = fields instanceof AggregateError ? fields.errors : undefined
  // What somebody put on the error comes too: a code, a port.
  return [...Object.entries({ type, message, stack, cause, errors }), ...Object.entries(fields)]
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
