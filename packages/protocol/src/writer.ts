// JSON by concatenation: objects whose members are text already. Every writer of a member returns `,"key":value`, or
// nothing for a zero value, which the protocol leaves out; `object` closes them, so that what is already JSON text
// (a publication's data) goes in as it is and is never parsed and written again.
//
//   object(text('epoch', 'a') + count('offset', 0) + raw('data', '[1]'))   ──▶   {"epoch":"a","data":[1]}
//
// Keys are this package's own and need no escaping.

/** An object of members. */
export function object(members: string): string {
  return `{${members.slice(1)}}`
}

/** A member whose value is JSON text already. */
export function raw(key: string, encoded: string): string {
  return `,"${key}":${encoded}`
}

export function text(key: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `,"${key}":${quote(value)}`
}

/** An integer. */
export function count(key: string, value: number | undefined): string {
  return value === undefined || value === 0 ? '' : `,"${key}":${value}`
}

export function flag(key: string, value: boolean | undefined): string {
  return value === true ? `,"${key}":true` : ''
}

/** Any value; null is written, undefined is not. Throws what JSON.stringify throws (a cycle, a bigint). */
export function json(key: string, value: unknown): string {
  const encoded = stringify(value)
  return encoded === undefined ? '' : `,"${key}":${encoded}`
}

/** A string as JSON. */
export function quote(string: string): string {
  return plain.test(string) ? `"${string}"` : JSON.stringify(string)
}

/** Printable ASCII without `"` and `\`: nearly every room name, and several times faster than JSON.stringify. */
const plain = /^[ !#-[\]-~]*$/

// A function, or an object whose toJSON returns nothing, has no JSON text; the library's type does not say so.
const stringify = JSON.stringify as (value: unknown) => string | undefined
