// Where actors come from: a tree of spawn sites. A site is (the spawner's site, its behaviour, the message it was
// handling, what it spawned); its source line is captured once, when the site is first seen, because a stack trace
// costs more than a spawn. An actor stores one number, and its whole lineage follows from it.
//
//   edge ─▶ connection ─▶ link ─▶ link ─▶ link …      a recursion folds into its first turn: the tree is as deep as the
//                          ↺                          program is written, not as long as it runs

import { SluiceError } from './errors.ts'
import { sourceLine, Stacks } from './stacks.ts'
import { readTexts, Texts } from './texts.ts'

export interface Site {
  readonly code: number
  readonly parent: number
  /** Behaviour that was spawned. */
  readonly behavior: string
  /** Behaviour that spawned it; empty outside of actors. */
  readonly spawner: string
  /** `type` of the message being handled. */
  readonly message: string
  /** `connection.ts:88`, as far as it is known. */
  readonly line: string
}

/** Groups count by numbers in which a site has 14 bits. */
const mostSites = 16_384
/** Memory for each site, in which another thread reads it. */
const bytesPerSite = 256
/** Of a longer word of a site, another thread sees the beginning. */
const longestWord = 200

export class Sites {
  /** The same for another thread: each a list in JSON, as `readSites` takes it apart. */
  readonly texts: Texts
  /** Whole stacks, of a share of the spawns. */
  readonly stacks: Stacks = new Stacks()

  readonly #sites: Site[] = []
  readonly #codes = new Map<number, Map<string, Map<string, number>>>()
  #limit: number

  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1 || limit > mostSites) {
      throw new SluiceError('option_invalid', `maxSites: expected 1 to ${mostSites}, got ${limit}`)
    }
    this.#limit = limit
    this.texts = new Texts(limit * bytesPerSite)
    this.#add(0, '', '', '', '')
  }

  /** The number of the site where `spawner`, spawned at `parent`, now spawns `behavior`. */
  code(parent: number, spawner: string, message: string, behavior: string): number {
    if (this.#limit <= 1) return parent
    let byBehavior = this.#codes.get(parent)
    if (byBehavior === undefined) this.#codes.set(parent, (byBehavior = new Map()))
    let byMessage = byBehavior.get(behavior)
    if (byMessage === undefined) byBehavior.set(behavior, (byMessage = new Map()))
    let code = byMessage.get(message)
    if (code === undefined) {
      code = this.#again(parent, spawner, message, behavior)
      if (code === undefined) {
        // Message types may be made up without end; what follows is told of its parent's site.
        if (this.#sites.length >= this.#limit) return parent
        code = this.#add(parent, spawner, message, behavior, sourceLine())
      }
      byMessage.set(message, code)
    }
    return code
  }

  /** The share of spawns whose whole stack is kept, 0 to 1; may be changed at any time. Default 0. */
  get sample(): number {
    return this.stacks.sample
  }

  set sample(share: number) {
    this.stacks.sample = share
  }

  at(code: number): Site | undefined {
    return this.#sites[code]
  }

  /** From the site up to the root. */
  lineage(code: number): Site[] {
    const chain: Site[] = []
    for (let at = this.#sites[code]; at !== undefined && at.code !== 0;) {
      chain.push(at)
      at = this.#sites[at.parent]
    }
    return chain
  }

  get size(): number {
    return this.#sites.length
  }

  /** The same spawn among the nearest ancestors. */
  #again(parent: number, spawner: string, message: string, behavior: string): number | undefined {
    let at = this.#sites[parent]
    for (let up = 0; up < longestCycle && at !== undefined && at.code !== 0; up++) {
      if (at.behavior === behavior && at.spawner === spawner && at.message === message)
        return at.code
      at = this.#sites[at.parent]
    }
    return undefined
  }

  #add(parent: number, spawner: string, message: string, behavior: string, line: string): number {
    const code = this.#sites.length
    const words = [behavior, spawner, message, line].map((word) => word.slice(0, longestWord))
    if (!this.texts.add(JSON.stringify([parent, ...words]))) {
      this.#limit = code
      return parent
    }
    this.#sites.push({ code, parent, behavior, spawner, message, line })
    return code
  }
}

/** All sites that there are by now, by number, from the texts of a `Sites`. */
export function readSites(buffers: readonly ArrayBufferLike[]): Site[] {
  return readTexts(buffers).map((text, code) => {
    const [parent, behavior, spawner, message, line] = JSON.parse(text) as [
      number,
      string,
      string,
      string,
      string,
    ]
    return { code, parent, behavior, spawner, message, line }
  })
}

/** Behaviours that spawn each other in a circle: of so many, the circle is recognised. */
const longestCycle = 16
