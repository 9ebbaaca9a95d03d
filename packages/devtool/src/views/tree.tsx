// The supervision tree, a branch at a time, live. However many there are: what is in the page and what is asked for is what is in
// sight. A search finds among all actors of the node, and says where in the tree each one is.

import type { JSX, RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Query } from '../data/api.ts'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { useInSight } from '../data/in-sight.ts'
import { problemOf } from '../data/problem.ts'
import { useSettled } from '../data/settled.ts'
import { api, hrefFor, node, refine, route } from '../data/state.ts'
import { bareTree, keyOf, type Tree, toggled, treeOf } from '../data/tree/tree.ts'
import { type Line, lineAt, linesOf, type Need, needsOf, numberOf } from '../data/tree/lines.ts'
import { reveal } from '../data/tree/reveal.ts'
import { answerTo } from '../data/tree/source.ts'
import { useLines } from '../parts/lines.ts'
import { Asked, Notice } from '../parts/notice.tsx'
import { Search } from '../parts/search.tsx'
import { useStill } from '../parts/still.ts'
import { TreeLine } from '../parts/tree-line.tsx'

export function TreeView(): JSX.Element {
  const { search: typed = '', at = '' } = route.value.query
  const search = useSettled(typed.trim())
  return (
    <>
      <div class="row">
        <h1>Tree</h1>
        <Search placeholder="id, behaviour, label of any actor" />
      </div>
      <Branches key={search} search={search} sought={search === '' ? at : ''} />
    </>
  )
}

const lineHeight = 28
const headHeight = 32
/** Lines that are asked for before they are in sight. */
const margin = 20

/** What one has seen of a tree, for whoever comes back to it. */
interface Kept {
  readonly tree: Tree
  readonly current: Line | undefined
  readonly top: RefObject<number>
}

const kept = new Map<string, Kept>()
const mostKept = 4

interface BranchesProps {
  readonly search: string
  /** The id of an actor that is to be shown. */
  readonly sought: string
}

function Branches({ search, sought }: BranchesProps): JSX.Element {
  const own = `${node.value} ${search}`
  const before = useMemo(() => kept.get(own), [])
  const [tree, setTree] = useState<Tree>(
    () => before?.tree ?? (search === '' ? bareTree : treeOf({ search })),
  )
  const [current, setCurrent] = useState(before?.current)
  const latest = useRef(tree)
  const change = (by: (tree: Tree) => Tree): Tree => {
    latest.current = by(latest.current)
    setTree(latest.current)
    return latest.current
  }
  const { want, problem } = useInSight<Need>(async (need, signal) => {
    const ask = (query: Query) => askedDump(api, node.peek(), query, signal)
    const by = await answerTo(need, latest.current, ask)
    if (!signal.aborted) change(by)
  })
  const lines = useMemo(() => linesOf(tree), [tree])
  const was = useRef(0)
  const at = Math.min(
    (current && numberOf(lines, current)) ?? was.current,
    Math.max(0, lines.count - 1),
  )
  was.current = at
  const go = (to: number): void => setCurrent(lineAt(lines, to))
  const toggle = (line: Line | undefined): void => {
    if (line?.what === 'actor' && line.open !== undefined)
      change((now) => toggled(now, line.actor.id))
    if (line?.what === 'kind') change((now) => toggled(now, line.list))
  }
  const press = (key: string): boolean => {
    const line = lineAt(lines, at)
    const open = line !== undefined && 'open' in line ? line.open : undefined
    if (line === undefined) return false
    if (key === 'ArrowRight' && line.what === 'actor' && line.path) {
      location.hash = hrefFor({ view: 'tree', query: { at: line.actor.id } })
    } else if (key === 'Enter' && line.what === 'actor') {
      location.hash = hrefFor({ view: 'actor', id: line.actor.id })
    } else if (key === 'Enter' || key === ' ') toggle(line)
    else if (key === 'ArrowRight' && open === false) toggle(line)
    else if (key === 'ArrowRight' && open === true) go(at + 1)
    else if (key === 'ArrowLeft' && open === true) toggle(line)
    else if (key === 'ArrowLeft' && line.above >= 0) go(line.above)
    else return false
    return true
  }
  const { box, first, last, shown, lineProps, onKeyDown, focus } = useLines({
    count: lines.count,
    lineHeight,
    head: headHeight,
    current: at,
    onCurrent: go,
    onKey: press,
  })
  useEffect(() => want(needsOf(lines, first - margin, last + margin)), [lines, first, last])
  const [lost, setLost] = useState('')
  useEffect(() => {
    if (sought === '') return
    const stop = new AbortController()
    const ask = (query: Query) => askedDump(api, node.peek(), query, stop.signal)
    const show = async (): Promise<void> => {
      const line = await reveal(sought, change, ask)
      setLost(line === undefined ? sought : '')
      setCurrent(line)
      focus()
      refine({ at: '' })
    }
    show().catch((error: unknown) => {
      if (!stop.signal.aborted) setLost(problemOf(error))
    })
    return () => stop.abort()
  }, [sought])
  const top = useStill(box, lines, lineHeight, before?.top.current)
  const left = useRef<Kept>(undefined)
  useEffect(() => {
    left.current = { tree, current, top }
  })
  useEffect(() => () => keep(own, left.current!), [])
  const list = search === '' ? undefined : tree.lists.get(keyOf({ search }))
  return (
    <>
      <Asked value={tree.top} problem={problem} />
      {lost !== '' && <Notice kind="warn">Not in the tree: {lost}</Notice>}
      {list && <p class="quiet found">{printCount(list.count)} found</p>}
      <div class="tree" ref={box}>
        <div class="head" aria-hidden="true">
          <span>Actor</span>
          <span>State</span>
          <span class="figure">For</span>
          <span class="figure">Children</span>
          <span class="figure">Mailbox</span>
        </div>
        <div
          class="lines"
          role="tree"
          aria-label={search === '' ? 'Supervision tree' : 'Found actors'}
          style={{ height: `${lines.count * lineHeight}px` }}
          onKeyDown={onKeyDown}
        >
          {shown.map((number) => {
            const line = lineAt(lines, number)!
            return (
              <TreeLine
                key={number}
                line={line}
                search={search}
                own={lineProps(number)}
                toggle={() => toggle(line)}
              />
            )
          })}
        </div>
      </div>
    </>
  )
}

function keep(own: string, seen: Kept): void {
  kept.delete(own)
  kept.set(own, seen)
  for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest)
}
