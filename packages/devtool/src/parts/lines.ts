// Lines of which only those in sight are in the page, however many there are, in a box that scrolls. One of them is the current
// one: keys move it, it alone is reached by the tab key, and it stays in the page also when it is scrolled out of sight, for
// else the focus would be lost.

import type { RefObject, TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { moved } from '../data/moves.ts'

export interface LinesOptions {
  readonly count: number
  /** In pixels, as is all here. */
  readonly lineHeight: number
  /** Height of what stays at the top of the box. Default 0. */
  readonly head?: number
  /** The number of the current line. */
  readonly current: number
  readonly onCurrent: (at: number) => void
  /** Another key, pressed at the current line; says whether it meant something. */
  readonly onKey?: (key: string) => boolean
}

export interface ShownLines {
  readonly box: RefObject<HTMLDivElement | null>
  /** From this one on up to that one lines are in sight. */
  readonly first: number
  readonly last: number
  /** Those that are in the page. */
  readonly shown: readonly number[]
  /** What a line has to have, besides what is its own. */
  readonly lineProps: (at: number) => {
    'data-line': number
    tabIndex: number
    style: { transform: string; height: string }
    onFocus: () => void
  }
  readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => void
  /** The current line of the next drawing gets the focus, and is scrolled to. */
  readonly focus: () => void
}

/** Lines that are made although they are not in sight yet, at each end. */
const spare = 8

export function useLines(options: LinesOptions): ShownLines {
  const { count, lineHeight, head = 0, current, onCurrent, onKey } = options
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ first: 0, last: 20 })
  const sawMoved = useRef(false)

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const look = (): void => {
      const first = Math.floor(element.scrollTop / lineHeight)
      const last = Math.ceil((element.scrollTop + element.clientHeight - head) / lineHeight)
      setSeen((before) =>
        before.first === first && before.last === last ? before : { first, last },
      )
    }
    const watch = new ResizeObserver(look)
    watch.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      watch.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [lineHeight, head])

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const focused = document.activeElement
    const strayed = focused instanceof HTMLElement && focused.dataset['line'] !== undefined
    const own = strayed && element.contains(focused) && Number(focused.dataset['line']) !== current
    if (!own && !sawMoved.current) return
    if (sawMoved.current) show(element, current, lineHeight, head)
    sawMoved.current = false
    element.querySelector<HTMLElement>(`[data-line="${current}"]`)?.focus({ preventScroll: true })
  })

  const from = Math.max(0, Math.min(seen.first, count) - spare)
  const end = Math.min(count, seen.last + spare)
  const shown = Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i)
  if (current < from && count > 0) shown.unshift(current)
  if (current >= end && current < count) shown.push(current)

  return {
    box,
    first: Math.min(seen.first, count),
    last: Math.min(seen.last, count),
    shown,
    lineProps: (at) => ({
      'data-line': at,
      tabIndex: at === current ? 0 : -1,
      style: { transform: `translateY(${at * lineHeight}px)`, height: `${lineHeight}px` },
      onFocus: () => at !== current && onCurrent(at),
    }),
    focus: () => void (sawMoved.current = true),
    onKeyDown(event) {
      const { key, target } = event
      const own = target instanceof HTMLElement && target.dataset['line'] !== undefined
      if (!own || event.ctrlKey || event.metaKey || event.altKey) return
      const to = moved(key, current, count, seen.last - seen.first)
      if (to === undefined && onKey?.(key) !== true) return
      event.preventDefault()
      if (to === current && box.current) show(box.current, current, lineHeight, head)
      else sawMoved.current = true
      if (to !== undefined) onCurrent(to)
    },
  }
}

/** Scrolls no further than it must. */
function show(box: HTMLElement, at: number, lineHeight: number, head: number): void {
  const top = at * lineHeight
  const bottom = top + lineHeight + head - box.clientHeight
  if (box.scrollTop > top) box.scrollTop = top
  else if (box.scrollTop < bottom) box.scrollTop = bottom
}
