// The model is a list of nodes that know their parent, their own cancel and their own deadline. Whatever is done to a
// tree in whatever order, the contexts end when the model says, and what follows from an end comes in its order.

import * as fc from 'fast-check'
import { expect } from 'vitest'
import { Context } from '../src/context.ts'
import { createEnd, type End } from '../src/ends.ts'
import { Life } from './world.ts'

export type Op =
  | { do: 'spawn'; at: number; owner: 'none' | 'quick' | 'slow' }
  | { do: 'timeout'; at: number; ms: number }
  | { do: 'deadline'; at: number; time: number }
  | { do: 'shorten'; at: number; time: number }
  | { do: 'cancel'; at: number }
  | { do: 'finish'; at: number }
  | { do: 'advance'; ms: number }

const at = fc.nat({ max: 40 })
const ms = fc.integer({ min: 1, max: 60 })
export const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('spawn' as const),
      at,
      owner: fc.constantFrom('none' as const, 'quick' as const, 'slow' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('timeout' as const), at, ms }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deadline' as const),
      at,
      time: fc.integer({ min: 1, max: 200 }),
    }),
  },
  fc.record({
    do: fc.constant('shorten' as const),
    at,
    time: fc.integer({ min: 1, max: 200 }),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
)

interface Node {
  readonly context: Context
  readonly parent: Node | undefined
  readonly owner: 'none' | 'quick' | 'slow'
  cancelled: boolean
  deadline: number
  /** Its own deadline was the earliest when it was set, so it has a timer. */
  armed: boolean
  /** When its hook ran, and when its owner was told that its children are gone: places in one order of events. */
  hooks: number[]
  drains: number[]
  finished: boolean
  bornEnded: boolean
}

export class Forest {
  readonly life = new Life()
  readonly nodes: Node[] = []
  #events = 0

  add(
    parent: Node | undefined,
    owner: Node['owner'],
    make: (node: () => Node) => Context,
    deadline = Infinity,
  ): void {
    const node: Node = {
      context: make(() => node),
      parent,
      owner,
      cancelled: false,
      deadline,
      armed: deadline < (parent === undefined ? Infinity : this.deadlineOf(parent)),
      hooks: [],
      drains: [],
      finished: false,
      bornEnded: parent !== undefined && this.isEnded(parent),
    }
    node.context.onEnd(() => node.hooks.push(this.#events++))
    this.nodes.push(node)
  }

  spawn(parent: Node | undefined, owner: Node['owner']): void {
    this.add(parent, owner, (node) => {
      const own = {
        name: `node ${this.nodes.length}`,
        ending: () => {},
        drained: () => {
          node().drains.push(this.#events++)
          return node().owner === 'quick' || node().finished
        },
      }
      return new Context(this.life, parent?.context ?? null, owner === 'none' ? null : own)
    })
  }

  deadlineOf(node: Node): number {
    return Math.min(
      node.deadline,
      node.parent === undefined ? Infinity : this.deadlineOf(node.parent),
    )
  }

  isEnded(node: Node): boolean {
    if (node.cancelled || node.deadline <= this.life.clock.now()) return true
    return node.parent !== undefined && this.isEnded(node.parent)
  }
}

/** Does it to the contexts and to the model. */
export function run(forest: Forest, step: Op): void {
  if (step.do === 'advance') {
    forest.life.clock.advance(step.ms)
    return
  }
  const node = forest.nodes[step.at % forest.nodes.length]!
  const { context } = node
  const now = forest.life.clock.now()
  switch (step.do) {
    case 'spawn':
      forest.spawn(node, step.owner)
      return
    case 'timeout':
      forest.add(node, 'none', () => context.withTimeout(step.ms), now + step.ms)
      return
    case 'deadline':
      forest.add(node, 'none', () => context.withDeadline(step.time), step.time)
      return
    case 'shorten':
      context.setDeadline(step.time)
      if (step.time < forest.deadlineOf(node)) node.armed = true
      node.deadline = Math.min(node.deadline, step.time)
      return
    case 'cancel': {
      const before = context.cause()
      const had = forest.isEnded(node)
      expect(context.cancel(createEnd('stopped', 'op'))).toBe(!had)
      if (had) expect(firstOf(context.cause()!)).toBe(firstOf(before!))
      node.cancelled = true
      return
    }
    case 'finish':
      node.finished = true
      if (node.owner === 'slow' && node.drains.length > 0) context.finish()
      return
  }
}

/** Whoever the model says has ended, has. */
export function check(forest: Forest): void {
  for (const node of forest.nodes) {
    const { context } = node
    expect(context.ended).toBe(forest.isEnded(node))
    if (node.parent?.context.ended) expect(context.ended).toBe(true)
    if (!context.ended) expect(context.deadline).toBe(forest.deadlineOf(node))
  }
}

/** After the reaper's turn: hooks ran, owners know, timers are gone. */
export function checkReaped(forest: Forest): void {
  for (const node of forest.nodes) {
    const { context, parent } = node
    expect(node.hooks).toHaveLength(context.ended ? 1 : 0)
    if (parent === undefined || !context.ended) continue
    const inherited = context.cause()!.code === 'context'
    if (inherited && !node.bornEnded) expect(parent.hooks[0]).toBeLessThan(node.hooks[0]!)
    if (!node.bornEnded && node.owner !== 'none' && parent.drains.length > 0) {
      expect(node.drains.length).toBeGreaterThan(0)
      expect(parent.drains[0]).toBeGreaterThan(node.drains.at(-1)!)
    }
    // The parent waits for an owner that has not gone.
    if (node.owner === 'slow' && !node.finished && !context.gone) {
      expect(parent.drains).toEqual([])
      expect(parent.context.gone).toBe(false)
    }
  }
  expect(forest.life.reaper.pending).toBe(0)
  const armed = forest.nodes.filter((node) => node.armed && !forest.isEnded(node))
  expect(forest.life.wheel.size).toBe(armed.length)
}

function firstOf(end: End): End {
  return end.cause === undefined ? end : firstOf(end.cause)
}
