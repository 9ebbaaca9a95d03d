// Keeps what somebody looks at where it is, while lines before it come and go.

import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Line, lineAt, type Lines, numberOf } from '../data/tree/lines.ts'

/** How far the box is scrolled; at first so far as it is told. */
export function useStill(
  box: RefObject<HTMLElement | null>,
  lines: Lines,
  lineHeight: number,
  startTop = 0,
): RefObject<number> {
  const top = useRef(startTop)
  const now = useRef(lines)
  const first = useRef<{ line: Line; at: number } | undefined>(undefined)
  now.current = lines
  const look = (): void => {
    top.current = box.current?.scrollTop ?? 0
    const at = Math.floor(top.current / lineHeight)
    const line = lineAt(now.current, at)
    first.current = line && { line, at }
  }
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    element.scrollTop = startTop
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [])
  useLayoutEffect(() => {
    const seen = first.current
    const to = seen && numberOf(lines, seen.line)
    // At the top one wants to see what comes there.
    if (seen && to !== undefined && to !== seen.at && top.current > 0) {
      box.current!.scrollTop += (to - seen.at) * lineHeight
    }
    look()
  }, [lines])
  return top
}
