// What a node is asked for so that a tree can be shown, and what its answer changes.

import type { ActorRow, Dump } from '@sluice/core'
import type { Query } from '../api.ts'
import { pageSize } from '../pages.ts'
import {
  type Branch,
  few,
  isFolded,
  type Kind,
  keyOf,
  kindsOf,
  kindsOfRows,
  type Tree,
  treeOf,
  withChildren,
  withList,
} from './tree.ts'
import type { Need } from './lines.ts'

/** Children that are asked for at once; where there are more, the alike ones are counted first. */
const handful = 60

/** Asks for actors. */
export type Ask = (query: Query) => Promise<Dump>

/** Asks for it; `tree` is what is known before. */
export async function answerTo(need: Need, tree: Tree, ask: Ask): Promise<(tree: Tree) => Tree> {
  if ('top' in need) {
    const { actors } = await ask({ limit: 1, family: true })
    const [root] = actors
    return (now) => (root === undefined ? now : treeOf(root, now))
  }
  if ('of' in need) {
    const { kinds, single } = await childrenOf(need.of, tree.branches.get(need.of), ask)
    return (now) => withChildren(now, need.of, kinds, single)
  }
  const { list, page } = need
  const asked =
    'search' in list ? list : { parent: list.of, behavior: list.behavior, state: list.state }
  const part = { skip: page * pageSize, limit: pageSize, family: true }
  const { actors, above = [], matched = 0 } = await ask({ ...asked, ...part })
  return (now) => withList(now, keyOf(list), page, { rows: actors, above }, matched)
}

async function childrenOf(
  parent: string,
  before: Branch | undefined,
  ask: Ask,
): Promise<{ kinds: Kind[]; single: ActorRow[] }> {
  if (before === undefined || sizeOf(before) <= handful) {
    const { actors, matched = 0 } = await ask({ parent, limit: handful, family: true })
    if (matched <= handful) return { kinds: kindsOfRows(actors), single: actors }
  }
  const kinds = kindsOf((await ask({ debug: 1, parent })).groups ?? [])
  const single: ActorRow[] = []
  for (const kind of kinds) {
    if (isFolded(kind, before)) continue
    const { behavior, state } = kind
    // oxlint-disable-next-line no-await-in-loop -- one question at a time is enough
    single.push(...(await ask({ parent, behavior, state, limit: few, family: true })).actors)
  }
  return { kinds, single }
}

function sizeOf({ single, kinds }: Branch): number {
  return kinds.reduce((sum, { count }) => sum + count, single.length)
}
