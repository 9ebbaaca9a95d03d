// What is known of a supervision tree: which branches are open, whom they hold, and pages of the long lists in them. Pure: what
// comes from a node is put in, and what there is to see is read by lines.ts.

import type { ActorRow, Group } from '@sluice/core'
import { type Page, type Pages, unread, withPage } from '../pages.ts'

/** More that are alike than so many become one line. */
export const few = 12

/** Children that are alike, as one line. */
export interface Kind {
  readonly behavior: string
  readonly state: string
  readonly count: number
  /** The longest of their times in that state. */
  readonly ms: number
}

/** Whom an actor has right below it. */
export interface Branch {
  /** One by one, in the order of their ids. */
  readonly single: readonly ActorRow[]
  readonly kinds: readonly Kind[]
}

/** Those that belong together in a long list: alike children of one actor, or what a search finds. */
export type ListName =
  | { readonly of: string; readonly behavior: string; readonly state: string }
  | { readonly search: string }

/** With those above, where these were asked for. */
export type TreePage = Page<ActorRow> & { readonly above?: readonly ActorRow[] }

export interface Tree {
  /** Where it begins: at an actor, or with all that a search finds. */
  readonly top: ActorRow | { readonly search: string } | undefined
  /** Ids of actors and keys of lists. */
  readonly open: ReadonlySet<string>
  /** By the actor's id. */
  readonly branches: ReadonlyMap<string, Branch>
  /** By `keyOf`. */
  readonly lists: ReadonlyMap<string, Pages<ActorRow, TreePage>>
}

export const bareTree: Tree = {
  top: undefined,
  open: new Set(),
  branches: new Map(),
  lists: new Map(),
}

/** Of a list. No id has a space in it. */
export function keyOf(list: ListName): string {
  return 'search' in list ? `search ${list.search}` : `${list.of} ${list.state} ${list.behavior}`
}

export function treeOf(top: NonNullable<Tree['top']>, before: Tree = bareTree): Tree {
  const open = 'search' in top ? before.open : new Set([...before.open, top.id])
  // An actor is told again and again; that it is open is said only once.
  return before.top === undefined ? { ...before, top, open } : { ...before, top }
}

/** Opens it, or closes it. */
export function toggled(tree: Tree, key: string, open = !tree.open.has(key)): Tree {
  if (open === tree.open.has(key)) return tree
  const keys = new Set(tree.open)
  if (open) keys.add(key)
  else keys.delete(key)
  return { ...tree, open: keys }
}

/** What a node said of the children of an actor; the groups of those that are in `single`, too. */
export function withChildren(
  tree: Tree,
  of: string,
  kinds: readonly Kind[],
  single: readonly ActorRow[],
): Tree {
  const before = tree.branches.get(of)
  const folds = kinds.filter((kind) => isFolded(kind, before)).sort(compareKinds)
  const lists = new Map(tree.lists)
  for (const kind of folds) {
    const key = keyOf({ of, ...kind })
    lists.set(key, { known: new Map(), ...lists.get(key), count: kind.count })
  }
  const rest = single.filter((row) => !folds.some((kind) => isOf(kind, row)))
  const branch = { single: rest.toSorted(compareIds), kinds: folds }
  return { ...tree, lists, branches: new Map(tree.branches).set(of, branch) }
}

/** What was one line stays one, however few are left: lines that come and go are hard to read. */
export function isFolded(kind: Kind, before: Branch | undefined): boolean {
  const { behavior, state, count } = kind
  const was = before?.kinds.some((one) => one.behavior === behavior && one.state === state)
  return count > few || (was === true && count > 0)
}

/** A page of a list, of which there are so many now. */
export function withList(
  tree: Tree,
  key: string,
  number: number,
  page: TreePage,
  count: number,
): Tree {
  const list = tree.lists.get(key) ?? unread<ActorRow, TreePage>(count)
  const opened = ({ id }: ActorRow): boolean => tree.open.has(id)
  const pages = withPage<ActorRow, TreePage>(list, number, page, count, opened)
  return { ...tree, lists: new Map(tree.lists).set(key, pages) }
}

/** What they wait for, and where they were spawned, does not split a line here. */
export function kindsOf(groups: readonly Group[]): Kind[] {
  return together(
    groups.map(({ behavior, state, count, ms }) => ({ behavior, state, count, ms: ms.max })),
  )
}

/** The same, of actors that are all here. */
export function kindsOfRows(rows: readonly ActorRow[]): Kind[] {
  return together(
    rows.map(({ behavior, state, ms, wait }) => ({
      behavior,
      state,
      count: 1,
      ms: wait?.ms ?? ms,
    })),
  )
}

function together(parts: readonly Kind[]): Kind[] {
  const same = Map.groupBy(parts, ({ behavior, state }) => `${state} ${behavior}`)
  return [...same.values()].map((alike) => ({
    behavior: alike[0]!.behavior,
    state: alike[0]!.state,
    count: alike.reduce((sum, { count }) => sum + count, 0),
    ms: Math.max(...alike.map(({ ms }) => ms)),
  }))
}

function isOf({ behavior, state }: Kind, row: ActorRow): boolean {
  return row.behavior === behavior && row.state === state
}

function compareKinds(a: Kind, b: Kind): number {
  const [one, other] = [`${a.behavior} ${a.state}`, `${b.behavior} ${b.state}`]
  return one < other ? -1 : one > other ? 1 : 0
}

/** By place in the table, which is the first part of an id. */
function compareIds({ id: a }: ActorRow, { id: b }: ActorRow): number {
  return Number.parseInt(a, 16) - Number.parseInt(b, 16) || (a < b ? -1 : 1)
}
