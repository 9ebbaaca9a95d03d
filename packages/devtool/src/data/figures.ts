// A node's figures over time, as long as the page is open; for each node its own.

import { signal } from '@preact/signals'
import { addSample, type Sample } from './series.ts'

export type Figures = Readonly<Record<string, number | string>>

const seen = signal<ReadonlyMap<string, readonly Sample[]>>(new Map())

export function samplesOf(node: string): readonly Sample[] {
  return seen.value.get(node) ?? []
}

/** Remembers what a node has told now. */
export function remember(node: string, figures: Figures, nowMs: number): void {
  const values = Object.fromEntries(
    Object.entries(figures).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  )
  const samples = addSample(seen.peek().get(node) ?? [], { at: nowMs / 1_000, values })
  seen.value = new Map(seen.peek()).set(node, samples)
}
