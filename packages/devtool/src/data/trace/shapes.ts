// How the bars of a trace are drawn: one path for each kind of stretch, however many messages there are, and which bar is
// where somebody points. Pure.

import type { Bar, Span } from './trace.ts'

export const laneHeight = 18
export const laneGap = 4
/** However short something was, it can be seen. */
const leastWidth = 2
/** What happens at the very end can be seen as well. */
const edge = 4

/** From a time to its place, in a picture of this width. */
export type Scale = (time: number) => number

export function scaleOf({ from, to }: Span, width: number): Scale {
  return (time) => edge + ((time - from) / (to - from)) * (width - 2 * edge)
}

export function topOf({ lane }: Bar): number {
  return laneGap + lane * (laneHeight + laneGap)
}

/** Where its stretches begin, and where the last one ends. */
export interface Places {
  readonly told: number
  readonly ran: number
  readonly awaited: number
  readonly ended: number
}

export function placesOf({ entry, toldAt, ranAt, awaitedAt, endedAt }: Bar, x: Scale): Places {
  const ran = x(ranAt)
  const runs = 'outcome' in entry && !entry.before
  const awaited = Math.max(x(awaitedAt), ran + (runs ? leastWidth : 0))
  return { told: x(toldAt), ran, awaited, ended: Math.max(x(endedAt), awaited, ran + leastWidth) }
}

/** As an SVG path takes it, of each kind. */
export interface Shapes {
  readonly queued: string
  readonly ran: string
  readonly failed: string
  readonly awaited: string
  /** Lines across all lanes: its end's beginning, restarts, its death. */
  readonly turn: string
}

export function shapesOf(bars: readonly Bar[], x: Scale, height: number): Shapes {
  const shapes = { queued: '', ran: '', failed: '', awaited: '', turn: '' }
  for (const bar of bars) {
    const { told, ran, awaited, ended } = placesOf(bar, x)
    if ('text' in bar.entry) {
      shapes.turn += `M${round(ran)} 0V${height}`
      continue
    }
    const { entry } = bar
    const bad = 'outcome' in entry && (entry.outcome === 'failed' || entry.outcome === 'forced')
    const top = topOf(bar)
    shapes.queued += box(told, ran, top)
    shapes[bad ? 'failed' : 'ran'] += box(ran, awaited, top)
    shapes.awaited += box(awaited, ended, top)
  }
  return shapes
}

/** The bar at this place, or the nearest; those of other lanes are further away. */
export function nearestBar(
  bars: readonly Bar[],
  x: Scale,
  place: { x: number; y: number },
): Bar | undefined {
  let nearest: Bar | undefined
  let least = Infinity
  for (const bar of bars) {
    const { told, ended } = placesOf(bar, x)
    const top = 'text' in bar.entry ? place.y : topOf(bar)
    const beside = Math.max(told - place.x, place.x - ended, 0)
    const above = Math.max(top - place.y, place.y - top - laneHeight, 0)
    const away = Math.hypot(beside, above)
    // Of two in one place the younger one is drawn over the other.
    if (away > least) continue
    least = away
    nearest = bar
  }
  return nearest
}

function box(from: number, to: number, top: number): string {
  return to > from
    ? `M${round(from)} ${top}h${round(to - from)}v${laneHeight}h${round(from - to)}z`
    : ''
}

function round(place: number): number {
  return Math.round(place * 10) / 10
}
