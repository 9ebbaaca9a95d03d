// JSON with errors that say where. JSON.parse names a position for some errors only, and for others quotes the text
// around them, which in a configuration may be a secret.

/** A value, or the place of the first error: both numbers count from 1. */
export type ParsedJson =
  | { ok: true; value: unknown }
  | { ok: false; line: number; column: number; expected: string }

/** Parses JSON. A byte order mark in front is ignored, as editors leave it there. */
export function parseJson(given: string): ParsedJson {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    const { at, expected } = findFault(text)
    const before = text.slice(0, at)
    const line = before.split('\n').length
    return { ok: false, line, column: at - before.lastIndexOf('\n'), expected }
  }
}

interface Fault {
  at: number
  expected: string
}

/** Walks the text by JSON's grammar (RFC 8259) up to the first place that does not follow it. */
function findFault(text: string): Fault {
  const open: ('{' | '[')[] = []
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }

  // What may stand here. `first` allows the end of a list or group that has just begun.
  let next: 'value' | 'first value' | 'first key' | 'key' | 'after' = 'value'
  for (;;) {
    take(space)
    switch (next) {
      case 'first value':
      case 'value':
        if (next === 'first value' && take(/\]/y)) {
          open.pop()
          next = 'after'
        } else if (take(/\{/y)) {
          open.push('{')
          next = 'first key'
        } else if (take(/\[/y)) {
          open.push('[')
          next = 'first value'
        } else if (take(literal)) next = 'after'
        else return text[at] === '"' ? brokenString(text, at) : { at, expected: 'a value' }
        break
      case 'first key':
      case 'key':
        if (next === 'first key' && take(/\}/y)) {
          open.pop()
          next = 'after'
        } else if (take(string)) {
          take(space)
          if (!take(/:/y)) return { at, expected: '":"' }
          next = 'value'
        } else
          return text[at] === '"'
            ? brokenString(text, at)
            : { at, expected: 'a key in double quotes' }
        break
      case 'after': {
        const within = open.at(-1)
        if (within === undefined) return { at, expected: 'the end of the text' }
        const close = within === '{' ? '}' : ']'
        if (take(/,/y)) next = within === '{' ? 'key' : 'value'
        else if (!take(within === '{' ? /\}/y : /\]/y)) return { at, expected: `"," or "${close}"` }
        else open.pop()
        break
      }
    }
  }
}

const space = /[ \t\n\r]*/y
// oxlint-disable-next-line no-control-regex -- control characters are what JSON forbids inside strings
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const literal = new RegExp(
  `true|false|null|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|${string.source}`,
  'y',
)

/** Where a string that never becomes one goes wrong: at a bad escape or control character, or at its end. */
function brokenString(text: string, start: number): Fault {
  // oxlint-disable-next-line no-control-regex -- as above
  const good = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  good.lastIndex = start + 1
  good.test(text)
  const at = good.lastIndex
  return {
    at,
    expected: text[at] === '\\' ? 'an escape that JSON knows' : 'a double quote that ends the text',
  }
}
