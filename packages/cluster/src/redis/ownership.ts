// Names that one node of the cluster owns at a time, each with a token that only grows. The lease is the node's own; the token is
// what a room checks, so that an owner that slept beyond its lease writes nothing.

import { SluiceError } from '@sluice/core'
import type { Ownership as Owned } from '../bus.ts'
import type { Commands } from './commands.ts'
import type { Keys } from './keys.ts'
import { disownScript, fenceScript, freeScript, ownScript } from './node-scripts.ts'

const page = 512

export class Ownership {
  readonly #commands: Commands
  readonly #keys: Keys
  readonly #uid: string
  readonly #metaTtlMs: number
  readonly #fenced: () => boolean
  readonly #owned = new Map<string, Owned>()
  /** One request per name: each would get a token of its own, and the later one would refuse the earlier. */
  readonly #asking = new Map<string, { answer?: Promise<Owned> }>()

  constructor(
    commands: Commands,
    keys: Keys,
    uid: string,
    metaTtlMs: number,
    fenced: () => boolean,
  ) {
    this.#commands = commands
    this.#keys = keys
    this.#uid = uid
    this.#metaTtlMs = metaTtlMs
    this.#fenced = fenced
  }

  /** How many names are this node's. */
  get size(): number {
    return this.#owned.size
  }

  async own(name: string): Promise<Owned> {
    if (this.#fenced()) throw noLease()
    const known = this.#owned.get(name)
    if (known !== undefined) return known
    const asking = this.#asking.get(name) ?? {}
    this.#asking.set(name, asking)
    asking.answer ??= this.#ask(name, () => this.#asking.get(name) === asking)
    try {
      return await asking.answer
    } finally {
      if (this.#asking.get(name) === asking) this.#asking.delete(name)
    }
  }

  async #ask(name: string, wanted: () => boolean): Promise<Owned> {
    const keys = this.#keys
    const [bytes, text] = (await this.#commands.run(
      ownScript,
      [keys.shared('nodes'), keys.shared('owners'), keys.shared('token')],
      [this.#uid, name],
    )) as [Buffer, Buffer]
    const owner = String(bytes)
    if (owner === '') throw noLease()
    const owned = { owner, token: Number(String(text)), own: owner === this.#uid }
    if (!owned.own) return owned
    // Before anything is done as the owner: from here on the room refuses the one before.
    await this.#commands.run(fenceScript, [keys.meta(name)], [owned.token, this.#metaTtlMs])
    // Meanwhile it may have been given up, or the lease was over and the name another's.
    if (this.#fenced() || !wanted()) throw noLease()
    this.#owned.set(name, owned)
    return owned
  }

  async disown(name: string): Promise<void> {
    this.#owned.delete(name)
    this.#asking.delete(name)
    await this.#commands.run(disownScript, [this.#keys.shared('owners')], [this.#uid, name])
  }

  /** Forgets what Redis does not have as this node's, as after a failover that lost it; returns the names. */
  async verify(): Promise<string[]> {
    const owned = [...this.#owned]
    const lost: string[] = []
    for (let at = 0; at < owned.length; at += page) {
      const some = owned.slice(at, at + page)
      const names = some.map(([name]) => name)
      // oxlint-disable-next-line no-await-in-loop -- bounded commands, one after the other
      const held = await this.#commands.call('HMGET', this.#keys.shared('owners'), ...names)
      for (const [i, [name, known]] of some.entries()) {
        const same = (held as unknown[])[i] === `${known.owner} ${known.token}`
        // Given up meanwhile, or owned anew.
        if (same || this.#owned.get(name) !== known) continue
        this.#owned.delete(name)
        lost.push(name)
      }
    }
    return lost
  }

  /** Forgets what was owned under a lease that is over; returns the names. */
  forget(): string[] {
    const names = [...this.#owned.keys()]
    this.#owned.clear()
    this.#asking.clear()
    return names
  }

  /** Frees what a dead node owned: nobody may ever ask for these names again. */
  async reap(uid: string): Promise<void> {
    const owners = this.#keys.shared('owners')
    let cursor = '0'
    do {
      // oxlint-disable-next-line no-await-in-loop -- page by page, so that others' calls come in between
      const answer = await this.#commands.call('HSCAN', owners, cursor, 'COUNT', page)
      const [next, pairs] = answer as [string, string[]]
      const names = pairs.filter((_, i) => i % 2 === 0 && pairs[i + 1]!.startsWith(`${uid} `))
      if (names.length > 0) {
        const keys: [string, string] = [this.#keys.shared('nodes'), owners]
        // oxlint-disable-next-line no-await-in-loop
        await this.#commands.run(freeScript, keys, [uid, ...names])
      }
      cursor = next
    } while (cursor !== '0')
  }

  /** Gives everything up. */
  async leave(): Promise<void> {
    const names = this.forget()
    if (names.length === 0) return
    await this.#commands.run(disownScript, [this.#keys.shared('owners')], [this.#uid, ...names])
  }
}

/** What whoever has no lease may not do. */
export function noLease(): SluiceError {
  return new SluiceError('not_available', 'this node has no lease')
}
