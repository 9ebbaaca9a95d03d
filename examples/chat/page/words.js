// What people wrote, on its way in and out. Anybody can publish anything into an open room, from a terminal too, so
// whatever comes is read with care: text is cut to a length, a number is a number or absent, the rest is shown as it is.

const longestName = 24
const longestRoom = 20
const longestText = 2_000

/**
 * A name as it is used: no blanks around it, not too long.
 * @param {unknown} given
 */
export function nameOf(given) {
  return typeof given === 'string' ? cut(given.trim(), longestName) : ''
}

/**
 * A room's name on the wire, which is printable ASCII and has its namespace before a colon. Percent signs carry the rest.
 * @param {string} given
 */
export function roomOf(given) {
  const plain = given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s:#]+/g, '-')
    .toWellFormed()
  return encodeURIComponent(cut(plain, longestRoom)) || 'lobby'
}

/**
 * The room that an address names.
 * @param {string} hash
 */
export function roomIn(hash) {
  return roomOf(titleOf(hash.slice(1)))
}

/**
 * A room's name as people read it.
 * @param {string} room
 */
export function titleOf(room) {
  try {
    return decodeURIComponent(room)
  } catch {
    return room
  }
}

/**
 * A message. One that is none, such as a backend's own JSON, is shown as what it is.
 * @param {unknown} data
 */
export function readSaid(data) {
  const { text, name, at } = fieldsOf(data)
  return {
    text: cut(typeof text === 'string' ? text : JSON.stringify(data), longestText),
    author: nameOf(name) || 'somebody',
    at: Number.isSafeInteger(at) ? Number(at) : undefined,
  }
}

/** @param {unknown} data */
export function readName(data) {
  return nameOf(fieldsOf(data).name)
}

/** @param {unknown} data */
export function readReaction(data) {
  const { text, name } = fieldsOf(data)
  return { text: typeof text === 'string' ? cut(text.trim(), 60) : '', author: nameOf(name) }
}

/**
 * @param {unknown} data
 * @returns {{ text?: unknown, name?: unknown, at?: unknown }}
 */
function fieldsOf(data) {
  return typeof data === 'object' && data !== null ? data : { text: data }
}

/**
 * The first so many code points: never half of one.
 * @param {string} text
 * @param {number} length
 */
function cut(text, length) {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('')
}
