// The supervision tree of a dump, as lines. Siblings that look alike and are many fold into one line, so that a node with
// 100,000 connections is a page and not a book. Pure; a chain of 100,000 actors is no deeper for the stack than one.
//
//   root 0 [idle, 3 min]
//   ├─ rooms 1 [idle, 3 min]
//   │  ├─ room 12 [idle, 4 s] lobby
//   │  └─ 998 × room [idle], 998 below
//   └─ edge 3 [idle, 3 min]
//      └─ 1000 × connection [waiting: socket]

import type { ActorRow, Dump } from '../dump.ts'
import { printMs } from './text.ts'

export interface TreeOptions {
  /** The id of the actor to begin with. Default: every actor whose parent is not in the dump. */
  from?: string
  /** Levels shown. Default Infinity. */
  depth?: number
  /** Alike siblings shown one by one; more fold into a line. Default 5. */
  fold?: number
}

interface Branch {
  readonly actor: ActorRow
  readonly children: Branch[]
  /** All that hangs below it. */
  below: number
}

/** One line for each that is shown. Empty when `from` is not in the dump. */
export function printTree(dump: Pick<Dump, 'actors'>, options: TreeOptions = {}): string {
  const { from, depth = Infinity, fold = 5 } = options
  const { roots, byId } = grow(dump.actors)
  const start = from === undefined ? roots : [byId.get(from)].filter((one) => one !== undefined)
  const lines: string[] = []
  // What is still to be printed, the next one last.
  const stack: { item: Branch | Fold; lead: string; own: string; level: number }[] = []
  const push = (branches: readonly Branch[], lead: string, level: number): void => {
    const items = foldAlike(branches, fold)
    for (let i = items.length - 1; i >= 0; i--) {
      const last = i === items.length - 1
      const own = level === 0 ? '' : last ? '└─ ' : '├─ '
      const under = level === 0 ? '' : last ? '   ' : '│  '
      stack.push({ item: items[i]!, lead: lead + own, own: lead + under, level })
    }
  }
  push(start, '', 0)
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { item, lead, own, level } = next
    if (isFold(item)) {
      lines.push(lead + printFold(item))
      continue
    }
    const hidden = level + 1 >= depth && item.below > 0
    lines.push(lead + printBranch(item) + (hidden ? `, ${item.below} below` : ''))
    if (!hidden) push(item.children, own, level + 1)
  }
  return lines.join('\n')
}

/** Hangs every actor below its parent, in the order of the dump, and counts what hangs below. */
function grow(actors: readonly ActorRow[]): { roots: Branch[]; byId: Map<string, Branch> } {
  const byId = new Map(
    actors.map((actor): [string, Branch] => [actor.id, { actor, children: [], below: 0 }]),
  )
  const roots: Branch[] = []
  for (const branch of byId.values()) {
    const parent = byId.get(branch.actor.parent)
    if (parent === undefined) roots.push(branch)
    else parent.children.push(branch)
  }
  // Parents before children; so from the end, children first.
  const order = [...roots]
  // A spread of 100,000 arguments is more than a call takes.
  for (const branch of order) for (const child of branch.children) order.push(child)
  for (const branch of order.toReversed()) {
    for (const child of branch.children) branch.below += 1 + child.below
  }
  return { roots, byId }
}

interface Fold {
  readonly alike: readonly Branch[]
}

function isFold(item: Branch | Fold): item is Fold {
  return 'alike' in item
}

/** Few of a kind stay as they are, in their order; where the first of many was, all of them are one. */
function foldAlike(branches: readonly Branch[], most: number): (Branch | Fold)[] {
  const kinds = Map.groupBy(branches, ({ actor }) => kindOf(actor))
  const items: (Branch | Fold)[] = []
  for (const branch of branches) {
    const alike = kinds.get(kindOf(branch.actor))!
    if (alike.length <= most) items.push(branch)
    else if (alike[0] === branch) items.push({ alike })
  }
  return items
}

function kindOf({ behavior, state, wait }: ActorRow): string {
  return `${behavior} [${state}${wait === undefined ? '' : `: ${wait.class}`}]`
}

function printBranch({ actor }: Branch): string {
  const { behavior, id, state, wait, ms, label, mailbox } = actor
  const doing =
    wait === undefined ? state : `waiting: ${[wait.class, wait.target].join(' ').trim()}`
  const parts = [`${behavior} ${id} [${doing}, ${printMs(wait?.ms ?? ms)}]`]
  if (label !== '') parts.push(label)
  if (mailbox > 0) parts.push(`mailbox ${mailbox}`)
  return parts.join(' ')
}

function printFold({ alike }: Fold): string {
  const below = alike.reduce((sum, branch) => sum + branch.below, 0)
  return `${alike.length} × ${kindOf(alike[0]!.actor)}${below > 0 ? `, ${below} below` : ''}`
}
