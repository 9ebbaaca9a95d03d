// The system: the root of the tree, and the turns in which actors run. Time and randomness are arguments, so a whole
// system runs on a manual clock as it does on the real one.
//
//   turn:  rounds of slices, one per ready actor, until none is left or the budget is spent
//          ─▶ turn-end tasks (rooms write what they gathered) ─▶ the reaper's slice ─▶ next turn, soon, if work is left

import { Actor } from './actor.ts'
import type { AnyBehavior, Behavior, Ref, SpawnInput } from './behavior.ts'
import { type Clock, systemClock } from './clock.ts'
import { CloseUps } from './close-ups.ts'
import { type Context, type Lifetimes } from './context.ts'
import { type EndCode, endCodes, type End } from './ends.ts'
import { compile } from './compile.ts'
import { Events, type KernelEvent } from './events.ts'
import { Flag } from './flags.ts'
import type { Counters, Kernel, Program } from './kernel.ts'
import { eventNames, lifecycle, State, type StateName, states } from './lifecycle.ts'
import { resolveMailbox } from './mailbox.ts'
import { Names } from './names.ts'
import { Reaper } from './reaper.ts'
import { Recorder, recorderDefaults } from './recorder.ts'
import { Rounds } from './rounds.ts'
import { Sites } from './sites.ts'
import { resolveSupervision } from './supervision.ts'
import { resolveTab } from './tab.ts'
import { orphanSlackMs, Table, tableDefaults } from './table.ts'
import { Tombstones } from './tombstones.ts'
import type { Tracer } from './tracer.ts'
import { showState } from './waits.ts'
import { Wheel } from './wheel.ts'

export interface SystemOptions {
  /** Default `root`. */
  name?: string
  /** Rows in the actor table. Default 1,048,576. */
  maxActors?: number
  /** Transitions that the flight recorder keeps. Default 262,144. */
  recorderSize?: number
  /** Spawn sites that are told apart, 16,384 at most; 1 for no lineage. Default 16,384. */
  maxSites?: number
  /** Tombstones kept. Default 4,096. */
  tombstones?: number
  /** How long an actor may take to stop before it is ended by force. Default 5,000. */
  graceMs?: number
  /** Deadline of an ask that names none. Default 5,000. */
  askTimeoutMs?: number
  /** How long actors may run, and how long the reaper may, before the loop gets its turn. Default 4. */
  turnMs?: number
  clock?: Clock
  /** 0 to 1, for backoff. Default Math.random. */
  random?: () => number
  /** Follows messages from who tells to who handles. Default nobody. */
  tracer?: Tracer
}

export const systemDefaults: Required<Omit<SystemOptions, 'tracer'>> = {
  name: 'root',
  ...tableDefaults,
  ...recorderDefaults,
  maxSites: 16_384,
  tombstones: 4_096,
  graceMs: 5_000,
  askTimeoutMs: 5_000,
  turnMs: 4,
  clock: systemClock,
  random: Math.random,
}

/** Something to do once at the end of a turn. */
export interface TurnTask {
  run(): void
}

/** Work between two looks at the clock: a slice counts two, a message one. Looks cost 60 ns, handlers what they like. */
const workPerLook = 32
/** With one more for all others, so that the number of a name fits into a column of 16 bits. */
const maxNames = 65_535

/** Makes a system and its root. */
export function createSystem(options: SystemOptions = {}): System {
  return new System(options)
}

export class System implements Kernel, Lifetimes {
  readonly clock: Clock
  readonly wheel: Wheel
  readonly table: Table
  readonly recorder: Recorder
  readonly names: Names = new Names(maxNames)
  readonly sites: Sites
  readonly events: Events<KernelEvent> = new Events<KernelEvent>()
  readonly tombstones: Tombstones
  readonly closeUps: CloseUps
  readonly counters: Counters = {
    spawned: 0,
    handled: 0,
    restarts: 0,
    forced: 0,
    deadLetters: 0,
    overflowed: 0,
    ends: Object.fromEntries(endCodes.map((code) => [code, 0])) as Record<EndCode, number>,
  }
  readonly actors: (Actor | undefined)[] = []
  readonly ending: Set<Actor> = new Set()
  readonly graceMs: number
  readonly askTimeoutMs: number
  readonly random: () => number
  readonly tracer: Tracer | undefined
  readonly next: Uint8Array = compile(lifecycle, { states, events: eventNames }).next
  readonly root: Actor
  readonly startedAt: number
  /** Resolves with the root's end when nothing is left. */
  readonly ended: Promise<End>
  current: Actor | undefined = undefined
  message: unknown = undefined

  readonly #turnMs: number
  readonly #reaper: Reaper
  /** Weak: behaviours may be made for one actor each. */
  readonly #programs = new WeakMap<AnyBehavior, Program>()
  readonly #rounds = new Rounds()
  #rechecks: Actor[] = []
  #tasks: TurnTask[] = []
  #scheduled = false
  #inTurn = false
  #now = 0
  #resolveEnded: (end: End) => void = () => {}

  constructor(given: SystemOptions = {}) {
    const options = { ...systemDefaults, ...given }
    this.clock = options.clock
    this.graceMs = options.graceMs
    this.askTimeoutMs = options.askTimeoutMs
    this.random = options.random
    this.tracer = given.tracer
    this.#turnMs = options.turnMs
    this.startedAt = this.clock.now()
    this.table = new Table(options)
    this.recorder = new Recorder(options)
    this.sites = new Sites(options.maxSites)
    this.tombstones = new Tombstones(options.tombstones)
    this.wheel = new Wheel(this.clock, 5, (error) => this.report(error))
    this.closeUps = new CloseUps(this.wheel)
    this.#reaper = new Reaper(this.clock)
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.root = new Actor(this, this.program(root(options.name)), null, null, 0, (end: End) =>
      this.#over(end),
    )
    // At once, so that it can be stopped at once.
    this.root.flags |= Flag.queued
    this.root.slice()
  }

  get lifetimes(): Lifetimes {
    return this
  }

  get context(): Context {
    return this.root.context
  }

  get now(): number {
    return this.#inTurn ? this.#now : this.clock.now()
  }

  get reaping(): boolean {
    return this.#reaper.pending > 0
  }

  /** Starts a top-level actor, a child of the root. */
  spawn<M, I>(behavior: Behavior<M, unknown, I>, ...input: SpawnInput<I>): Ref<M> {
    return this.root.adopt(behavior, input[0], '')
  }

  /** Ends everything, children before parents; resolves when nothing is left. */
  stop(detail = 'stopped', cause?: End): Promise<End> {
    this.root.stop(detail, cause)
    return this.ended
  }

  /** The live actor with this id (`7f3a`, `7f3a.2`). */
  find(id: string): Actor | undefined {
    const [row, generation = '0'] = id.split('.')
    const actor = this.actors[Number.parseInt(row ?? '', 16)]
    return actor?.generation === Number.parseInt(generation, 16) && actor.id === id
      ? actor
      : undefined
  }

  /** Live actors by state. */
  population(): Record<StateName, number> {
    return Object.fromEntries(
      states.map((name, code) => [
        name,
        code === State.dead ? 0 : (this.table.population[code] ?? 0),
      ]),
    ) as Record<StateName, number>
  }

  /** Actors that live on although their context ended longer ago than their grace time. A promise: 0. */
  orphans(): number {
    let orphans = 0
    for (const actor of this.ending) if (this.isOrphan(actor)) orphans++
    return orphans
  }

  isOrphan(actor: Actor): boolean {
    if (!this.ending.has(actor) || !actor.context.empty) return false
    return this.now > (this.table.graceUntil[actor.row] ?? 0) + orphanSlackMs
  }

  /** Runs `task` once, when the current turn (or the next) has given every ready actor its slices. */
  atTurnEnd(task: TurnTask): void {
    this.#tasks.push(task)
    this.#schedule()
  }

  // ── as the kernel of its actors ──

  program(behavior: AnyBehavior): Program {
    let program = this.#programs.get(behavior)
    if (program === undefined) {
      program = {
        behavior,
        code: this.names.code(behavior.name),
        mailbox: resolveMailbox(behavior.mailbox),
        supervision: resolveSupervision(behavior.supervise),
        tab: resolveTab(behavior.tab),
      }
      this.#programs.set(behavior, program)
    }
    return program
  }

  enqueue(actor: Actor): void {
    actor.flags |= Flag.queued
    this.#rounds.add(actor)
    this.#schedule()
  }

  recheck(actor: Actor): void {
    this.#rechecks.push(actor)
    this.#schedule()
  }

  reap(context: Context): void {
    this.#reaper.add(context)
    this.#schedule()
  }

  report(error: unknown): void {
    this.events.emit({ name: 'hook.failed', error })
  }

  #schedule(): void {
    if (this.#scheduled || this.#inTurn) return
    this.#scheduled = true
    this.clock.soon(this.#turn)
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    this.#inTurn = true
    this.#now = this.clock.now()
    try {
      this.#runActors(this.#now + this.#turnMs)
      this.#runTasks()
      this.#runReaper()
      this.#runRechecks()
    } finally {
      // A fault of the kernel itself is thrown to the host; the turns go on.
      this.#inTurn = false
      this.#scheduleRest()
    }
  }

  #scheduleRest(): void {
    if (!this.#rounds.empty || this.#reaper.pending > 0 || this.#tasks.length > 0) this.#schedule()
  }

  #runActors(until: number): void {
    const rounds = this.#rounds
    let work = 0
    for (let actor = rounds.take(); actor !== undefined; actor = rounds.take()) {
      work += 2 + actor.slice()
      if (work >= workPerLook) {
        work = 0
        this.#now = this.clock.now()
        if (this.#now >= until) return
      }
    }
  }

  #runReaper(): void {
    if (this.#reaper.pending === 0) return
    this.#now = this.clock.now()
    this.#reaper.run(this.#now + this.#turnMs)
  }

  #runRechecks(): void {
    if (this.#rechecks.length === 0) return
    const rechecks = this.#rechecks
    this.#rechecks = []
    for (const actor of rechecks) showState(actor)
  }

  #runTasks(): void {
    // A task may add others (a room's flush makes connections write); those belong to the same turn.
    for (let at = 0; at < this.#tasks.length; at++) {
      try {
        this.#tasks[at]?.run()
      } catch (error) {
        this.report(error)
      }
    }
    this.#tasks.length = 0
  }

  #over(end: End): void {
    this.events.emit({ name: 'system.ended', end })
    this.clock.soon(() => {
      this.wheel.close()
      this.#resolveEnded(end)
    })
  }
}

/** The root: it handles nothing, its stop hook is the system's last word. */
function root(name: string): AnyBehavior {
  return {
    name,
    start: (_self: unknown, over: (end: End) => void) => ({ over }),
    receive: () => undefined,
    stop: (state: { over: (end: End) => void }, end: End) => state.over(end),
  }
}
