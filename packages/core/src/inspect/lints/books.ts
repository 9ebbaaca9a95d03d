// The books: what an actor says of its sockets (column `sockets`) against the actors below it that own one each. The
// incident that this gateway exists for began as such a difference. Pure.

import type { ActorRow, Dump } from '../dump.ts'

export interface Book {
  actor: ActorRow
  sockets: number
  children: number
}

/** Every actor that counts sockets. Only of a whole list: with some children missing there is nothing to compare. */
export function booksOf({ actors }: Pick<Dump, 'actors'>): Book[] {
  const owners = actors.filter(({ more }) => typeof more?.['sockets'] === 'number')
  if (owners.length === 0) return []
  const children = countChildren(actors)
  return owners.map((actor) => ({
    actor,
    sockets: actor.more!['sockets'] as number,
    children: children.get(actor.id) ?? 0,
  }))
}

/** How many children each actor has that has any, by its id. */
export function countChildren(actors: readonly ActorRow[]): Map<string, number> {
  const children = new Map<string, number>()
  for (const { parent } of actors) children.set(parent, (children.get(parent) ?? 0) + 1)
  return children
}

/** Sockets without an actor, or actors without a socket; 0 while the difference is what comes and goes. */
export function gapOf(
  { sockets, children }: Omit<Book, 'actor'>,
  least: number,
  share: number,
): number {
  const gap = sockets - children
  return Math.abs(gap) >= Math.max(least, share * Math.max(sockets, children)) ? gap : 0
}

/** Sockets of the whole node, where a dump tells its figures. */
export function nodeSockets({ facts }: Pick<Dump, 'facts'>): number | undefined {
  const sockets = facts?.['sockets']
  return typeof sockets === 'number' ? sockets : undefined
}
