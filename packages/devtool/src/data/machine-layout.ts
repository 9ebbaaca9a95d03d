// Where the states of a machine are drawn: one column further right with each step from the first state. Transitions between the same
// two states are one arrow; those that stay are words at their state. Pure.

import type { ChartState, MachineChart } from '@sluice/core'

export interface StateBox extends ChartState {
  readonly x: number
  readonly y: number
  /** Events that lead from it to itself. */
  readonly stays: string
}

export interface StepArrow {
  readonly from: StateBox
  readonly to: StateBox
  readonly words: string
  /** Against the direction of reading. */
  readonly back: boolean
}

export const box = { width: 132, height: 40 }
const gap = { x: 150, y: 46 }
const margin = { x: 10, top: 12, bottom: 56 }

export function layOutMachine({ states, transitions }: MachineChart): {
  boxes: StateBox[]
  arrows: StepArrow[]
  width: number
  height: number
} {
  const columns = columnsOf(states, transitions)
  const filled: number[] = []
  const boxes = states.map((state): StateBox => {
    const column = columns.get(state.path)!
    const line = (filled[column] ??= 0)
    filled[column] = line + 1
    const stays = transitions.filter(({ from, to }) => from === state.path && to === from)
    return {
      ...state,
      x: margin.x + column * (box.width + gap.x),
      y: margin.top + line * (box.height + gap.y),
      stays: wordsOf(stays),
    }
  })
  const byPath = new Map(boxes.map((one) => [one.path, one]))
  const moves = Map.groupBy(
    transitions.filter(({ from, to }) => from !== to && byPath.has(from) && byPath.has(to)),
    ({ from, to }) => `${from} ${to}`,
  )
  const arrows = [...moves.values()].map((same): StepArrow => {
    const [from, to] = [byPath.get(same[0]!.from)!, byPath.get(same[0]!.to)!]
    return { from, to, words: wordsOf(same), back: to.x < from.x }
  })
  return {
    boxes,
    arrows,
    width: Math.max(...boxes.map(({ x }) => x)) + box.width + margin.x,
    height: Math.max(...boxes.map(({ y }) => y)) + box.height + margin.bottom,
  }
}

/** How many steps each state is from the first; those that none leads to stand behind all others. */
function columnsOf(
  states: MachineChart['states'],
  transitions: MachineChart['transitions'],
): Map<string, number> {
  const columns = new Map<string, number>()
  let wave = states.slice(0, 1).map(({ path }) => path)
  let column = 0
  while (wave.length > 0) {
    for (const path of wave) columns.set(path, column)
    const next = transitions.filter(({ from, to }) => columns.has(from) && !columns.has(to))
    wave = [...new Set(next.map(({ to }) => to))]
    column++
  }
  for (const { path } of states) if (!columns.has(path)) columns.set(path, column)
  return columns
}

function wordsOf(transitions: MachineChart['transitions']): string {
  const words = transitions.map(({ event, guarded }) => `${event}${guarded ? ' ?' : ''}`)
  return [...new Set(words)].join(', ')
}
