// Who owns which name, and with which token. Pure; what Redis keeps for a cluster, this keeps for one process.
//
// A token is never given twice: whoever writes with an older one than the room has seen is a former owner.

import { SluiceError } from '@sluice/core'

export interface Owned<Holder> {
  readonly holder: Holder
  readonly token: number
}

export class Owners<Holder> {
  readonly #byName = new Map<string, Owned<Holder>>()
  /** The newest token that was given out for a name, as long as anybody may still hold an older one. */
  readonly #tokens = new Map<string, number>()
  #token = 0

  /** Who owns the name; `holder` from now on, if nobody does. */
  own(name: string, holder: Holder): Owned<Holder> {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const owned = { holder, token: ++this.#token }
    this.#byName.set(name, owned)
    this.#tokens.set(name, owned.token)
    return owned
  }

  disown(name: string, holder: Holder): void {
    if (this.#byName.get(name)?.holder === holder) this.#byName.delete(name)
  }

  /** Everything that the holder owns is nobody's. */
  release(holder: Holder): void {
    for (const [name, owned] of this.#byName) if (owned.holder === holder) this.#byName.delete(name)
  }

  /** Throws `owner_fenced` for a token older than the newest of this name. */
  check(name: string, token: number): void {
    const newest = this.#tokens.get(name) ?? 0
    if (token >= newest) return
    throw new SluiceError('owner_fenced', `${name}: token ${token} was succeeded by ${newest}`)
  }
}
