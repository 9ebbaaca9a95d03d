// Whole systems in which everything goes wrong that can: trees of actors that complete, throw, hang, stop each other,
// spawn, ask, send, watch and set timers, under all supervision options. What was promised to whom is counted here.

import * as fc from 'fast-check'
import type { Reply } from '../src/ask.ts'
import { type Behavior, type Next, type Ref, type Self, stop } from '../src/behavior.ts'
import { Flag } from '../src/flags.ts'
import type { Overflow } from '../src/mailbox.ts'
import type { Restart, Strategy } from '../src/supervision.ts'
import { createWorld, never, seeded, type World } from './world.ts'

type Hook = 'none' | 'quick' | 'later' | 'throws' | 'rejects' | 'hangs'

/** What one kind of actor is like. */
export interface Kind {
  restart: Restart
  strategy: Strategy
  intensity: number
  start: Exclude<Hook, 'none'>
  stop: Hook
  overflow: Overflow
  capacity: number
  /** Kinds of the children that it spawns when it starts. */
  children: number[]
  receiveTimeoutMs: number | undefined
  maxDescendants: number | undefined
}

/** What an actor is told to do; numbers name other actors and kinds. */
export type Deed =
  | { do: 'complete' | 'throw' | 'reject' | 'hang' | 'later' | 'nonsense' | 'stop self' }
  | { do: 'stop' | 'watch' | 'unwatch' | 'tell' | 'send' | 'hold' | 'wait'; at: number }
  | { do: 'ask'; at: number; timeoutMs: number; bound: boolean }
  | { do: 'spawn'; kind: number }
  | { do: 'timer' | 'deadline'; ms: number }

export type Step =
  | { do: 'told'; at: number; deed: Deed }
  | { do: 'stopped'; at: number }
  | { do: 'advance'; ms: number }

type Message = Deed | { do: 'question'; reply: Reply<number> } | { do: 'watched'; watch: Watch }

interface Watch {
  readonly watcher: Ref
  readonly incarnation: number
  readonly target: Ref
  wanted: boolean
  told: number
}

const at = fc.nat({ max: 100 })
const ms = fc.constantFrom(0, 1, 5, 40, 300)
const hook = fc.constantFrom<Exclude<Hook, 'none'>>(
  'quick',
  'quick',
  'later',
  'throws',
  'rejects',
  'hangs',
)

const deed = fc.oneof(
  fc.record({
    do: fc.constantFrom('complete', 'throw', 'reject', 'hang', 'later', 'nonsense', 'stop self'),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('stop', 'watch', 'watch', 'unwatch', 'tell', 'send', 'hold', 'wait'),
      at,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      at,
      timeoutMs: ms,
      bound: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('spawn' as const), kind: at }) },
  fc.record({ do: fc.constantFrom('timer', 'timer', 'deadline'), ms }),
) as fc.Arbitrary<Deed>

export const kinds: fc.Arbitrary<Kind[]> = fc.array(
  fc.record({
    restart: fc.constantFrom<Restart>('permanent', 'transient', 'temporary'),
    strategy: fc.constantFrom<Strategy>('one-for-one', 'one-for-all', 'rest-for-one'),
    intensity: fc.constantFrom(0, 1, 5),
    start: fc.oneof({ weight: 9, arbitrary: fc.constant('quick' as const) }, hook),
    stop: fc.oneof({ weight: 2, arbitrary: fc.constant('none' as const) }, hook),
    overflow: fc.constantFrom<Overflow>('reject', 'drop-oldest', 'drop-newest', 'suspend'),
    capacity: fc.constantFrom(1, 2, 64),
    children: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
    receiveTimeoutMs: fc.constantFrom(undefined, 50),
    maxDescendants: fc.constantFrom(undefined, undefined, 3),
  }),
  { minLength: 1, maxLength: 5 },
)

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constant('told' as const), at, deed }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stopped' as const), at }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
  ),
  { maxLength: 80, size: 'max' },
)

export const graceMs = 100

export class Chaos {
  readonly world: World
  readonly refs: Ref<Message>[] = []
  readonly watches: Watch[] = []
  asked = 0
  settled = 0
  readonly #kinds: readonly Kind[]

  constructor(given: readonly Kind[], seed: number) {
    this.#kinds = given
    // Few rows, so that they are used again and spawns fail.
    this.world = createWorld({ maxActors: 40, graceMs, random: seeded(seed) })
    // Between the root and them, so that a fault too many does not always end the whole system.
    this.world.system.spawn<never, void>({
      name: 'top',
      supervise: { intensity: 30, backoff: { minMs: 1, maxMs: 10, factor: 1, jitter: 0 } },
      start: (self: Self<never>) => {
        for (let kind = 0; kind < given.length; kind++) this.spawn(self, kind, -1)
      },
      receive: () => {},
    })
    this.world.clock.flush()
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'advance') await this.world.clock.advanceAsync(step.ms)
    else if (step.do === 'stopped') this.ref(step.at).stop('by hand')
    else this.ref(step.at).tell(step.deed)
  }

  /** Lets everything come to its end that can. */
  async end(): Promise<void> {
    void this.world.system.stop('over')
    await this.world.clock.advanceAsync(60_000)
  }

  behavior(index: number, depth: number): Behavior<Message, { incarnation: number }> {
    const kind = this.#kinds[index % this.#kinds.length]!
    let incarnation = 0
    return {
      name: `kind-${index % this.#kinds.length}`,
      restart: kind.restart,
      supervise: {
        strategy: kind.strategy,
        intensity: kind.intensity,
        backoff: { minMs: 5, maxMs: 200, factor: 2, jitter: 0.5 },
      },
      mailbox: { capacity: kind.capacity, overflow: kind.overflow },
      ...(kind.receiveTimeoutMs && { receiveTimeoutMs: kind.receiveTimeoutMs }),
      ...(kind.maxDescendants && { maxDescendants: kind.maxDescendants }),
      start: (self) => {
        incarnation++
        if (depth < 3) for (const child of kind.children) this.spawn(self, child, depth)
        return this.hooked(kind.start, { incarnation }) as { incarnation: number }
      },
      receive: (state, message, self) => this.handle(state.incarnation, message, self, depth),
      ...(kind.stop !== 'none' && { stop: () => this.hooked(kind.stop, undefined) as undefined }),
    }
  }

  /** Somebody: most often alive. */
  ref(index: number): Ref<Message> {
    const alive = this.refs.filter((ref) => ref.alive)
    const among = index % 7 === 0 || alive.length === 0 ? this.refs : alive
    return among[index % among.length]!
  }

  spawn(self: Self<never>, kind: number, depth: number): void {
    this.refs.push(self.spawn(this.behavior(kind, depth + 1)))
  }

  hooked<T>(how: Hook, value: T): T | Promise<T> {
    switch (how) {
      case 'none':
      case 'quick':
        return value
      case 'later':
        return new Promise((done) => this.world.clock.after(7, () => done(value)))
      case 'throws':
        throw new Error('hook')
      case 'rejects':
        return Promise.reject(new Error('hook'))
      case 'hangs':
        return never()
    }
  }

  handle(
    incarnation: number,
    message: Message,
    self: Self<Message>,
    depth: number,
  ):
    | Next<{ incarnation: number }>
    | undefined
    | void
    | Promise<Next<{ incarnation: number }> | void> {
    switch (message.do) {
      case 'complete':
        return stop('done')
      case 'throw':
        throw new Error('told to')
      case 'reject':
        return Promise.reject(new Error('told to'))
      case 'hang':
        return never()
      case 'later':
        return new Promise((done) => this.world.clock.after(7, () => done()))
      case 'nonsense':
        return null as unknown as undefined
      case 'stop self':
        return self.stop('myself')
      case 'stop':
        return this.ref(message.at).stop('by another')
      case 'tell':
        return void this.ref(message.at).tell({ do: 'later' })
      case 'send':
        return Promise.resolve(self.send(this.ref(message.at), { do: 'later' as const })).then(
          () => {},
        )
      case 'hold':
        return void self.hold('lock', this.ref(message.at), 100)
      case 'wait':
        return self.wait('lock', this.ref(message.at), never())
      case 'watch': {
        const target = this.ref(message.at)
        const watch = { watcher: self, incarnation, target, wanted: true, told: 0 }
        this.watches.push(watch)
        return self.watch(target, { do: 'watched', watch })
      }
      case 'unwatch': {
        const target = this.ref(message.at)
        for (const watch of this.watches) {
          // What has been sent already comes; there is no taking it back.
          if (watch.watcher === self && watch.target === target && target.alive)
            watch.wanted = false
        }
        return self.unwatch(target)
      }
      case 'watched':
        message.watch.told++
        return undefined
      case 'ask': {
        this.asked++
        const { bound, timeoutMs } = message
        const settle = (): void => void this.settled++
        this.ref(message.at)
          .ask<number>((reply) => ({ do: 'question', reply }), {
            timeoutMs,
            ...(bound && { self }),
          })
          .then(settle, settle)
        return undefined
      }
      case 'question':
        // One in three is never answered.
        if (this.asked % 3 > 0) message.reply.tell(1)
        return undefined
      case 'spawn':
        return this.spawn(self, message.kind, depth)
      case 'timer':
        return void self.after(message.ms, { do: 'later' })
      case 'deadline':
        return self.context.setDeadline(self.now + message.ms)
    }
  }

  /** Who is to start again, and should have long ago, as far as grace and backoff go. */
  overdue(): string[] {
    const { system, clock } = this.world
    return system.actors
      .filter((actor) => actor !== undefined)
      .filter(({ flags }) => (flags & Flag.backingOff) !== 0)
      .filter(({ row }) => clock.now() - system.table.waitSince[row]! > 3_000)
      .map(({ name }) => name)
  }

  /** Watches that were told twice, or in vain, or not at all by now. */
  wrongWatches(): Watch[] {
    return this.watches.filter((watch) => {
      if (watch.told > 0) return watch.told > 1 || !watch.wanted || watch.target.alive
      if (!watch.wanted || watch.target.alive) return false
      const watcher = this.world.system.find(watch.watcher.id)
      // Whoever ended, or started again, or has yet to read what it was told, is owed nothing.
      if (watcher?.flags !== Flag.started || watcher.context.ended) return false
      if (watcher.mailbox !== null && watcher.mailbox.systemLength > 0) return false
      return (watcher.state as { incarnation: number }).incarnation === watch.incarnation
    })
  }
}
