// Who is in the cluster: a lease in Redis, renewed by a beat. What a dead node leaves behind is reaped by one of the others.
//
//   beat ─▶ my lease · who else · whom to reap ─▶ onDead ─▶ off the list        a reaper that dies is succeeded when its claim ends
//
// A node that could not renew for as long as its lease is out, by its own clock, before it does anything else: it may have
// been stopped, and another may act in its place.

import type { Clock } from '@sluice/core'
import type { BusHealth } from '../bus.ts'
import type { Commands } from './commands.ts'
import type { Keys } from './keys.ts'
import { beatScript, nodesScript, removeScript } from './node-scripts.ts'

export interface Peer {
  readonly uid: string
  readonly name: string
  /** Of its lease. */
  readonly msLeft: number
}

export interface MembershipOptions {
  readonly clock: Clock
  readonly beatMs: number
  readonly leaseMs: number
}

export interface MembershipHooks {
  /** Redis knew nothing of this node: all of its state must be put there again. */
  onReturned: () => void
  /** The lease may be over. Called once, until it is renewed. */
  onFenced: () => void
  /** A dead node's state is this node's to remove. */
  onDead: (uid: string) => Promise<void>
  /** Another node is there no longer. */
  onGone: (uid: string) => void
}

type Row = [uid: Buffer, name: Buffer, msLeft: number]

export class Membership {
  readonly #commands: Commands
  readonly #keys: [string, string, string]
  readonly #self: { uid: string; name: string }
  readonly #options: MembershipOptions
  readonly #hooks: MembershipHooks
  #peers = new Map<string, Peer>()
  /** When they were seen. */
  #seenAt = 0
  /** When the last beat that Redis confirmed was sent. */
  #leasedAt = Number.NEGATIVE_INFINITY
  #told = true
  #lapses = 0
  /** By `uid`, the names of those that are being reaped. */
  readonly #reaping = new Map<string, string>()
  #reaped = 0
  #beating = false
  #stopped = false
  #cancel: () => void = () => {}
  #cancelLapse: () => void = () => {}
  #cancelLook: () => void = () => {}

  constructor(
    commands: Commands,
    keys: Keys,
    self: { uid: string; name: string },
    options: MembershipOptions,
    hooks: MembershipHooks,
  ) {
    this.#commands = commands
    this.#keys = [keys.shared('nodes'), keys.shared('names'), keys.shared('reapers')]
    this.#self = self
    this.#options = options
    this.#hooks = hooks
  }

  /** True when this node must not act for the cluster. */
  get fenced(): boolean {
    const { clock, leaseMs } = this.#options
    const over = clock.now() - this.#leasedAt >= leaseMs
    if (over && !this.#told) {
      this.#told = true
      this.#lapses++
      this.#hooks.onFenced()
    }
    return over
  }

  has(uid: string): boolean {
    return this.#peers.has(uid)
  }

  health(): Pick<BusHealth, 'lease' | 'peers'> {
    const { clock, leaseMs } = this.#options
    const now = clock.now()
    const known = Number.isFinite(this.#leasedAt)
    const seenMs = now - this.#seenAt
    return {
      lease: {
        ms: leaseMs,
        leftMs: known ? this.#leasedAt + leaseMs - now : 0,
        lapses: this.#lapses,
        reaping: [...this.#reaping.values()],
        reaped: this.#reaped,
      },
      peers: [...this.#peers.values()]
        .filter(({ uid }) => uid !== this.#self.uid)
        .map(({ uid, name, msLeft }) => ({ uid, name, leftMs: msLeft - seenMs })),
    }
  }

  start(): void {
    this.#cancel = this.#options.clock.after(this.#options.beatMs, () => {
      this.start()
      this.beat().catch(() => {})
    })
  }

  /** Renews the lease now; rejects without a link. */
  async beat(): Promise<void> {
    if (this.#stopped || this.#beating) return
    this.#beating = true
    try {
      const { clock, leaseMs } = this.#options
      const { uid, name } = this.#self
      // Asked first: a lease that is over has consequences before a new one begins.
      const wasFenced = this.fenced
      const sentAt = clock.now()
      const answer = await this.#commands.run(beatScript, this.#keys, [uid, name, leaseMs])
      const [known, rows, dead] = answer as [number, Row[], Buffer[]]
      const peers = peersOf(rows)
      if (this.#stopped) return
      this.#leasedAt = sentAt
      this.#told = false
      this.#watchLapse()
      this.#see(peers)
      if (known === 0 || wasFenced) this.#hooks.onReturned()
      for (const one of dead.map(String)) {
        const peer = peers.find((each) => each.uid === one)
        void this.#reap(one, peer?.name ?? '').catch(() => {})
      }
    } finally {
      this.#beating = false
    }
  }

  /** Everybody whose lease lives, as Redis knows it now. */
  async peers(): Promise<Peer[]> {
    const [nodes, names] = this.#keys
    const rows = (await this.#commands.run(nodesScript, [nodes, names], [])) as Row[]
    return peersOf(rows).filter(({ msLeft }) => msLeft >= 0)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
    this.#cancelLapse()
    this.#cancelLook()
  }

  /** Off the list at once. */
  async leave(): Promise<void> {
    this.stop()
    await this.#commands.run(removeScript, this.#keys, [this.#self.uid, '1'])
  }

  /** The lease may end between two beats, and another node may own the next moment. */
  #watchLapse(): void {
    const { clock, leaseMs } = this.#options
    this.#cancelLapse()
    this.#cancelLapse = clock.after(this.#leasedAt + leaseMs - clock.now(), () => {
      // A timer may be a little early.
      if (!this.fenced) this.#watchLapse()
    })
  }

  #see(all: readonly Peer[]): void {
    const alive = all.filter(({ msLeft }) => msLeft >= 0)
    const peers = new Map(alive.map((peer) => [peer.uid, peer]))
    const gone = [...this.#peers.keys()].filter((uid) => !peers.has(uid))
    this.#peers = peers
    this.#seenAt = this.#options.clock.now()
    for (const uid of gone) this.#hooks.onGone(uid)
    // Whoever waits for the end of a lease need not wait for the next beat as well.
    this.#cancelLook()
    const soonest = Math.min(...alive.map(({ msLeft }) => msLeft))
    if (soonest >= this.#options.beatMs) return
    this.#cancelLook = this.#options.clock.after(soonest + 1, () => {
      this.beat().catch(() => {})
    })
  }

  async #reap(uid: string, name: string): Promise<void> {
    this.#reaping.set(uid, name)
    try {
      await this.#hooks.onDead(uid)
      await this.#commands.run(removeScript, this.#keys, [uid, '0'])
      this.#reaped++
    } finally {
      this.#reaping.delete(uid)
    }
  }
}

function peersOf(rows: readonly Row[]): Peer[] {
  return rows.map(([uid, name, msLeft]) => ({ uid: String(uid), name: String(name), msLeft }))
}
