// A tree as a flat list of lines, as long as it may be: a hundred thousand lines of one list are one stretch here, and become
// lines only where they are in sight. Pure.
//
//   root 0                      stretch: 1 line
//   ├─ rooms 1                  1
//   └─ 100,000 × connection     1
//      ├─ connection 7          stretch of a list: 2 lines
//      ├─ connection 8
//      │  └─ timer 9            1
//      └─ connection a          stretch of the list: 99,998 lines

import type { ActorRow } from '@sluice/core'
import { type Pages, pagesIn, pageSize, rowAt } from '../pages.ts'
import { type Kind, keyOf, type ListName, type Tree, type TreePage } from './tree.ts'

interface Place {
  /** What it stays when lines before it come and go: whose line it is, or which of which list. */
  readonly place: string
  /** 0 for those that belong to none. */
  readonly depth: number
  /** Its place among those that belong to the same line, from 0, and how many these are. */
  readonly position: number
  readonly size: number
  /** The number of the line that it belongs to; -1 for none. */
  readonly above: number
}

export interface ActorLine extends Place {
  readonly what: 'actor'
  readonly actor: ActorRow
  /** Absent where it cannot be opened: it has no children, or it was found by a search. */
  readonly open?: boolean
  /** Of what a search found: who is above it, the root first. */
  readonly path?: readonly ActorRow[]
}

export interface KindLine extends Place {
  readonly what: 'kind'
  readonly kind: Kind
  readonly list: string
  readonly open: boolean
}

/** One that is not here yet. */
export interface AwaitedLine extends Place {
  readonly what: 'awaited'
}

/** Where there is nobody, or nobody yet. */
export interface EmptyLine extends Place {
  readonly what: 'empty'
  readonly asked: boolean
}

export type Line = ActorLine | KindLine | AwaitedLine | EmptyLine

/** Lines one after the other, none of which holds others. */
interface Stretch {
  /** The number of its first line. */
  readonly start: number
  readonly count: number
  readonly depth: number
  readonly above: number
  /** Whose children they are; none at the top. */
  readonly of?: string
  /** All of these are of this list, from that place on, unless there is a line that says that there is none. */
  readonly list?: { readonly key: string; readonly name: ListName; readonly from: number }
  /** It is this line. */
  readonly line?: Line
}

export interface Lines {
  readonly count: number
  readonly stretches: readonly Stretch[]
  readonly tree: Tree
}

/** Children of an actor, or a page of a list: what has to be asked for. */
export type Need = { readonly key: string } & (
  | { readonly top: true }
  | { readonly of: string }
  | { readonly list: ListName; readonly page: number }
)

export function linesOf(tree: Tree): Lines {
  const stretches: Stretch[] = []
  const unfinished: Task[] = []
  let count = 0
  const add = (stretch: Omit<Stretch, 'start'>): number => {
    stretches.push({ ...stretch, start: count })
    count += stretch.count
    return count - stretch.count
  }
  if (tree.top === undefined) return { count: 0, stretches, tree }
  const first = { depth: 0, above: -1 }
  if ('search' in tree.top) unfinished.push({ ...first, list: tree.top, from: 0 })
  else unfinished.push({ ...first, actor: tree.top, position: 0, size: 1 })
  // No deeper for the stack, however deep the tree: what is still to be done, the next one last.
  for (let task = unfinished.pop(); task !== undefined; task = unfinished.pop()) {
    const next = 'list' in task ? listTasks(tree, task, add) : oneTask(tree, task, add)
    for (let i = next.length - 1; i >= 0; i--) unfinished.push(next[i]!)
  }
  return { count, stretches, tree }
}

interface Context {
  readonly depth: number
  readonly above: number
  readonly of?: string
}

interface ListTask extends Context {
  readonly list: ListName
  readonly from: number
  /** Its open lines from there on; unknown at its beginning. */
  readonly opened?: readonly number[]
}

type OneTask = Context & { readonly position: number; readonly size: number } & (
    | { readonly actor: ActorRow }
    | { readonly kind: Kind; readonly of: string }
  )

type Task = ListTask | OneTask

type Add = (stretch: Omit<Stretch, 'start'>) => number

/** The line itself, and what is to be done below it. */
function oneTask(tree: Tree, task: OneTask, add: Add): Task[] {
  const { depth, above, of, position, size } = task
  const context = { depth, above, ...(of !== undefined && { of }) }
  if ('kind' in task) {
    const name = { of: task.of, behavior: task.kind.behavior, state: task.kind.state }
    const list = keyOf(name)
    const open = tree.open.has(list)
    const place = { place: list, depth, above, position, size }
    const at = add({
      ...context,
      count: 1,
      line: { ...place, what: 'kind', kind: task.kind, list, open },
    })
    return open ? [{ list: name, from: 0, depth: depth + 1, above: at, of: task.of }] : []
  }
  const { actor } = task
  const opened = openness(tree, actor)
  const place = { place: actor.id, depth, above, position, size }
  const at = add({ ...context, count: 1, line: { ...place, what: 'actor', actor, ...opened } })
  return opened.open ? below(tree, actor.id, depth + 1, at, add) : []
}

/** Whoever is below this actor. */
function below(tree: Tree, of: string, depth: number, above: number, add: Add): Task[] {
  const branch = tree.branches.get(of)
  const size = branch === undefined ? 0 : branch.single.length + branch.kinds.length
  if (branch === undefined || size === 0) {
    const place = { place: `${of} -`, depth, above, position: 0, size: 1 }
    const line: Line = { ...place, what: 'empty', asked: branch !== undefined }
    add({ of, depth, above, count: 1, line })
    return []
  }
  const context = { of, depth, above, size }
  const { single, kinds } = branch
  return [
    ...single.map((actor, position) => ({ ...context, actor, position })),
    ...kinds.map((kind, i) => ({ ...context, kind, position: single.length + i })),
  ]
}

/** The list up to its first open line, what is below that, and the rest for later. */
function listTasks(tree: Tree, task: ListTask, add: Add): Task[] {
  const { list: name, from, depth, above, of } = task
  const key = keyOf(name)
  const list = tree.lists.get(key)
  const context = { depth, above, ...(of !== undefined && { of }), list: { key, name, from } }
  if (list === undefined || list.count === 0) {
    const place = { place: `${key} -`, depth, above, position: 0, size: 1 }
    add({ ...context, count: 1, line: { ...place, what: 'empty', asked: list !== undefined } })
    return []
  }
  const opened = task.opened ?? ('search' in name ? [] : openIn(tree, list))
  const [next, ...others] = opened
  const to = next === undefined ? list.count : next + 1
  const start = to > from ? add({ ...context, count: to - from }) : 0
  if (next === undefined) return []
  const { id } = rowAt(list, next)!
  return [
    ...below(tree, id, depth + 1, start + to - from - 1, add),
    { ...task, from: to, opened: others },
  ]
}

/** Whether it is open; nothing where there is nothing to open. */
function openness({ open }: Tree, { id, children }: ActorRow): Pick<ActorLine, 'open'> {
  return children === 0 ? {} : { open: open.has(id) }
}

/** Which lines of a list are open, as far as they are here. */
function openIn(tree: Tree, { known, count }: Pages<ActorRow>): number[] {
  const found: number[] = []
  for (const [page, { rows }] of known) {
    for (const [i, row] of rows.entries()) {
      const at = page * pageSize + i
      if (at < count && openness(tree, row).open) found.push(at)
    }
  }
  return found.sort((a, b) => a - b)
}

/** The line of this number; undefined behind the last. */
export function lineAt(lines: Lines, at: number): Line | undefined {
  const stretch = stretchAt(lines, at)
  if (stretch?.line !== undefined) return stretch.line
  if (stretch?.list === undefined) return undefined
  const { key, from } = stretch.list
  const position = from + at - stretch.start
  const list = lines.tree.lists.get(key)!
  const actor = rowAt(list, position)
  const { depth, above } = stretch
  const place = { place: `${key} ${position}`, depth, above, position, size: list.count }
  if (actor === undefined) return { ...place, what: 'awaited' }
  const line = { ...place, what: 'actor', actor } as const
  if ('search' in stretch.list.name) return { ...line, path: pathOf(list, position, actor) }
  return { ...line, ...openness(lines.tree, actor) }
}

/** Who is above it, the root first; as far as that was told. */
function pathOf(list: Pages<ActorRow, TreePage>, at: number, actor: ActorRow): ActorRow[] {
  const page = list.known.get(Math.floor(at / pageSize))
  const known = new Map([...(page?.above ?? []), ...(page?.rows ?? [])].map((row) => [row.id, row]))
  const path: ActorRow[] = []
  for (let row = known.get(actor.parent); row !== undefined; row = known.get(row.parent)) {
    path.unshift(row)
    known.delete(row.id)
  }
  return path
}

/** Where this line is now: where its actor is, if that is here, or else what is in its place. */
export function numberOf(lines: Lines, line: Line): number | undefined {
  const { tree, stretches } = lines
  for (const stretch of stretches) {
    if (stretch.line?.place === line.place) return stretch.start
  }
  // In a list: who was there may have moved by as many as came and went before it.
  const key = line.place.slice(0, line.place.lastIndexOf(' '))
  const list = tree.lists.get(key)
  if (list === undefined) return undefined
  const moved = line.what === 'actor' ? placeIn(list, line.actor.id, line.position) : undefined
  const position = Math.min(moved ?? line.position, list.count - 1)
  const found = stretches.find(
    ({ list: own, count }) =>
      own?.key === key && own.from <= position && position < own.from + count,
  )
  return found && found.start + position - found.list!.from
}

/** Where in the list it is, if that is here; the nearest to where it was. */
function placeIn({ known }: Pages<ActorRow>, id: string, was: number): number | undefined {
  let best: number | undefined
  for (const [page, { rows }] of known) {
    const at = rows.findIndex((row) => row.id === id)
    const place = page * pageSize + at
    if (at < 0 || (best !== undefined && Math.abs(best - was) <= Math.abs(place - was))) continue
    best = place
  }
  return best
}

/** What has to be asked for while these lines are in sight. */
export function needsOf(lines: Lines, first: number, last: number): Need[] {
  const needs = new Map<string, Need>()
  const need = (one: Need): void => void needs.set(one.key, one)
  const { top, lists } = lines.tree
  if (top === undefined || (!('search' in top) && first <= 0)) need({ key: 'top', top: true })
  for (const { start, count, of, list } of lines.stretches) {
    if (start >= last || start + count <= first) continue
    if (of !== undefined) need({ key: `of ${of}`, of })
    if (list === undefined) continue
    const { key, name, from } = list
    const length = Math.max(1, lists.get(key)?.count ?? 1)
    const [one, other] = [Math.max(first, start), Math.min(last, start + count)]
    for (const page of pagesIn(length, from + one - start, from + other - start)) {
      need({ key: `${key} / ${page}`, list: name, page })
    }
  }
  return [...needs.values()]
}

function stretchAt({ stretches, count }: Lines, at: number): Stretch | undefined {
  if (at < 0 || at >= count) return undefined
  let [low, high] = [0, stretches.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (stretches[middle]!.start <= at) low = middle
    else high = middle - 1
  }
  return stretches[low]
}
