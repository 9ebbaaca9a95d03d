// Figures over time, as long as the page is open; each node's, and each room's that was looked at.

import { signal } from '@preact/signals'
import { addSample, type Sample } from './series.ts'

export type Figures = Readonly<Record<string, number | string>>

/** Of so many nodes and rooms; what was looked at long ago makes room. */
export const mostSeries = 64

const seen = signal<ReadonlyMap<string, readonly Sample[]>>(new Map())

export function samplesOf(name: string): readonly Sample[] {
  return seen.value.get(name) ?? []
}

/** Remembers what a node, or a room, has told now. */
export function remember(name: string, figures: Figures, nowMs: number): void {
  const values = Object.fromEntries(
    Object.entries(figures).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  )
  const before = seen.peek()
  const samples = addSample(before.get(name) ?? [], { at: nowMs / 1_000, values })
  // What was told last stands last.
  const others = [...before].filter(([other]) => other !== name)
  seen.value = new Map([...others.slice(1 - mostSeries), [name, samples]])
}
