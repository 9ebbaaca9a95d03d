// Opening a tree down to one actor, wherever that is: each branch on the way, and in a long one the page that the next is on.

import type { ActorRow } from '@sluice/core'
import { pageSize } from '../pages.ts'
import { keyOf, type Tree, toggled } from './tree.ts'
import type { ActorLine, Need } from './lines.ts'
import { answerTo, type Ask } from './source.ts'

type Change = (by: (tree: Tree) => Tree) => Tree

/** Whose line it will be; undefined when there is no such actor. `change` puts into the tree what is learnt, and gives it back. */
export async function reveal(id: string, change: Change, ask: Ask): Promise<ActorLine | undefined> {
  const { actors, above = [] } = await ask({ id, family: true, limit: 1 })
  const [actor] = actors
  if (actor === undefined) return undefined
  await learn({ key: 'top', top: true }, change, ask)
  // The nearest is told first.
  const way = [...above.toReversed(), actor]
  let place = actor.id
  for (const [i, next] of way.entries()) {
    const of = way[i - 1]?.id
    if (of === undefined) continue
    change((tree) => toggled(tree, of, true))
    const tree = await learn({ key: `of ${of}`, of }, change, ask)
    const single = tree.branches.get(of)?.single.some((one) => one.id === next.id)
    place = single === true ? next.id : await openList(next, of, change, ask)
  }
  return { what: 'actor', actor, place, depth: 0, position: positionOf(place), size: 0, above: -1 }
}

/** Opens the long list that it is in, at its page; the place of its line. */
async function openList(actor: ActorRow, of: string, change: Change, ask: Ask): Promise<string> {
  const { behavior, state, id } = actor
  const list = { of, behavior, state }
  const { matched = 0 } = await ask({ parent: of, behavior, state, before: id, limit: 1 })
  change((tree) => toggled(tree, keyOf(list), true))
  await learn({ key: id, list, page: Math.floor(matched / pageSize) }, change, ask)
  return `${keyOf(list)} ${matched}`
}

async function learn(need: Need, change: Change, ask: Ask): Promise<Tree> {
  const before = change((tree) => tree)
  return change(await answerTo(need, before, ask))
}

/** In a list, which it is; of others it is of no matter. */
function positionOf(place: string): number {
  return Number(place.slice(place.lastIndexOf(' ') + 1)) || 0
}
