// What the kernel's tests share: a system on a clock that stands still, seeded randomness, and what must be left of a
// system when all is over.

import { expect } from 'vitest'
import { ManualClock } from '../src/clock.ts'
import { type Context, type Lifetimes } from '../src/context.ts'
import type { KernelEvent } from '../src/events.ts'
import { State } from '../src/lifecycle.ts'
import { Reaper } from '../src/reaper.ts'
import { createSystem, type System, type SystemOptions } from '../src/system.ts'
import { noRow } from '../src/table.ts'
import { Wheel } from '../src/wheel.ts'

export interface World {
  readonly clock: ManualClock
  readonly system: System
  readonly events: KernelEvent[]
  /** Gives every actor its turns, and every promise its reactions; no time passes. */
  settle: () => Promise<void>
  /** The events of one name, as they came. */
  all: <N extends KernelEvent['name']>(name: N) => Extract<KernelEvent, { name: N }>[]
}

/** A small system on a manual clock, with `random` in the middle. */
export function createWorld(options: SystemOptions = {}): World {
  const clock = new ManualClock()
  const system = createSystem({
    clock,
    maxActors: 4_096,
    recorderSize: 4_096,
    random: () => 0.5,
    ...options,
  })
  const events: KernelEvent[] = []
  system.events.on((event) => events.push(event))
  return {
    clock,
    system,
    events,
    settle: () => clock.advanceAsync(0),
    all: (name) => events.filter((event) => event.name === name) as never,
  }
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let at = seed >>> 0
  return () => {
    at = (at + 0x6d2b79f5) >>> 0
    let t = Math.imul(at ^ (at >>> 15), at | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Contexts with no actors: their clock, wheel and reaper. */
export class Life implements Lifetimes {
  readonly clock = new ManualClock()
  readonly wheel = new Wheel(this.clock, 1)
  readonly reaper = new Reaper(this.clock)
  readonly errors: unknown[] = []
  #scheduled = false

  reap(context: Context): void {
    this.reaper.add(context)
    if (this.#scheduled) return
    this.#scheduled = true
    this.clock.soon(() => {
      this.#scheduled = false
      this.reaper.run(Infinity)
    })
  }

  report(error: unknown): void {
    this.errors.push(error)
  }
}

/** How many turns the loop has had since now, until the promise settles. */
export function countTurns({ clock }: World, until: Promise<unknown>): () => number {
  let turns = 0
  let over = false
  const count = (): void => {
    turns++
    if (!over) clock.soon(count)
  }
  clock.soon(count)
  void until.then(() => (over = true))
  return () => turns
}

/** A promise and its two ends. */
export function deferred<T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** A handler or hook that never comes to an end. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {})
}

/** What holds of the table whenever no turn is on: counts, parents, depths, waits. */
export function expectConsistent(system: System): void {
  const { table, actors } = system
  const counted = [0, 0, 0, 0]
  let live = 0
  for (let row = 0; row < table.top[0]!; row++) {
    const actor = actors[row]
    const state = table.state[row]!
    if (actor === undefined) {
      expect(state).toBe(State.dead)
      continue
    }
    live++
    counted[state]!++
    expect(actor).toMatchObject({ row, generation: table.generation[row], alive: true })
    expect(state, `${actor.name} outside of a turn`).not.toBe(State.running)
    expect(table.waitClass[row] !== 0, `${actor.name} waits`).toBe(state === State.waiting)
    if (state === State.idle) {
      const { mailbox } = actor
      const length = mailbox === null ? 0 : mailbox.length + mailbox.systemLength
      expect(table.depth[row], `${actor.name} depth`).toBe(length)
    }
    const { parent } = actor
    if (parent === null) expect(table.parent[row]).toBe(noRow)
    else {
      expect(table.parent[row]).toBe(parent.row)
      expect(actors[parent.row], `the parent of ${actor.name}`).toBe(parent)
    }
  }
  counted[State.dead] = 0
  expect(Object.values(system.population())).toEqual(counted)
  expect(table.live).toBe(live)
  expect(system.orphans()).toBe(0)
}

/** What is left when the system has stopped: nothing, and every life accounted for. */
export function expectNothingLeft(system: System): void {
  const { table, counters, wheel, ending, tombstones } = system
  const deaths = Object.values(counters.ends).reduce((sum, count) => sum + count, 0)
  expect({
    live: table.live,
    population: system.population(),
    actors: system.actors.filter((actor) => actor !== undefined).length,
    orphans: system.orphans(),
    unknown: counters.ends.unknown,
    timers: wheel.size,
    ending: ending.size,
    deaths,
    tombstones: tombstones.count,
  }).toEqual({
    live: 0,
    population: { idle: 0, running: 0, waiting: 0, dead: 0 },
    actors: 0,
    orphans: 0,
    unknown: 0,
    timers: 0,
    ending: 0,
    deaths: counters.spawned + 1,
    tombstones: counters.spawned + 1,
  })
}
