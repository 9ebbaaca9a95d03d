// Who owns which name, and with which token. Pure; what Redis keeps for a cluster, this keeps for one process.
//
// A token is never given twice: whoever writes with an older one than the room has seen is a former owner.

import { SluiceError } from '@sluice/core'

export interface Owned<Holder> {
  readonly holder: Holder
  readonly token: number
}

/** Names are made by clients, and somebody who still writes with an older token is rare. */
const maxFormer = 10_000

export class Owners<Holder> {
  readonly #byName = new Map<string, Owned<Holder>>()
  /** The newest token of names that are nobody's: the latest of them. */
  readonly #former = new Map<string, number>()
  #token = 0

  /** Who owns the name; `holder` from now on, if nobody does. */
  own(name: string, holder: Holder): Owned<Holder> {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const owned = { holder, token: ++this.#token }
    this.#byName.set(name, owned)
    this.#former.delete(name)
    return owned
  }

  disown(name: string, holder: Holder): void {
    const owned = this.#byName.get(name)
    if (owned?.holder !== holder) return
    this.#byName.delete(name)
    this.#former.set(name, owned.token)
    const [oldest] = this.#former.keys()
    if (this.#former.size > maxFormer && oldest !== undefined) this.#former.delete(oldest)
  }

  /** How many names the holder owns. */
  count(holder: Holder): number {
    let many = 0
    for (const owned of this.#byName.values()) if (owned.holder === holder) many++
    return many
  }

  /** Everything that the holder owns is nobody's. */
  release(holder: Holder): void {
    for (const name of this.#byName.keys()) this.disown(name, holder)
  }

  /** Throws `owner_fenced` for a token older than the newest of this name. */
  check(name: string, token: number): void {
    const newest = this.#byName.get(name)?.token ?? this.#former.get(name) ?? 0
    if (token >= newest) return
    throw new SluiceError('owner_fenced', `${name}: token ${token} was succeeded by ${newest}`)
  }
}
