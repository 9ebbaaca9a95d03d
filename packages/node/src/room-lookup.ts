// From a room's name to its options: the namespace before the first `:`, then the behaviour whose pattern fits best.

import type { RoomOptions, RoomsOptions } from './room-options.ts'

/** The options of a room, its behaviour included; undefined for a namespace that nobody declared. */
export type RoomLookup = (room: string) => RoomOptions | undefined

/** The lookup for these rooms. */
export function createRoomLookup(rooms: RoomsOptions): RoomLookup {
  const patterns = [...rooms.behaviors].toSorted(([a], [b]) => precision(b) - precision(a))
  return (room) => {
    const colon = room.indexOf(':')
    const options = colon < 0 ? rooms.default : rooms.namespaces.get(room.slice(0, colon))
    if (!options) return undefined
    const behavior = patterns.find(([pattern]) => fits(pattern, room))?.[1]
    return behavior === undefined ? options : { ...options, behavior }
  }
}

/** A pattern without `*` goes before all others; then the one that says more before its first `*`. */
function precision(pattern: string): number {
  const star = pattern.indexOf('*')
  return star < 0 ? Number.MAX_SAFE_INTEGER : star
}

/** Whether the text is what the pattern says, `*` standing for any characters, none included. */
function fits(pattern: string, text: string): boolean {
  const [head, ...pieces] = pattern.split('*')
  if (pieces.length === 0) return text === pattern
  const tail = pieces.pop()!
  if (!text.startsWith(head!)) return false
  // The leftmost place is always good enough for a piece between two stars: it leaves the most for the rest.
  let at = head!.length
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - tail.length >= at && text.endsWith(tail)
}
