// Views of archived dumps: as text, or two of them compared. A dump of 100,000 actors takes a second to parse and print,
// which is time that the loop has not; so it is done in a thread that is made for it and ends with it, one at a time.

import { SluiceError } from '@sluice/core'
import { askThread } from './thread.ts'

/** What to show. */
export type ViewTask =
  | { what: 'print'; id: string; debug: 1 | 2 }
  | { what: 'diff'; from: string; to: string; format: 'text' | 'json' }

/** What the thread is told. */
export interface ViewWork {
  readonly folder: string
  readonly task: ViewTask
}

/** What it answers: the text, as bytes; or the name of a dump that is not there; or why there is nothing to show. */
export type ViewResult = { text: Uint8Array } | { missing: string } | { failed: string }

/** Waiting for their turn, the one that runs included. */
const mostTasks = 8

/** The views of one archive. */
export class Views {
  readonly #folder: () => string
  #last: Promise<unknown> = Promise.resolve()
  #tasks = 0

  constructor(folder: () => string) {
    this.#folder = folder
  }

  /** Rejects with `capacity_exceeded` when too many wait already. */
  async view(task: ViewTask): Promise<ViewResult> {
    if (this.#tasks >= mostTasks) {
      throw new SluiceError('capacity_exceeded', `${mostTasks} views of dumps are wanted already`)
    }
    this.#tasks++
    const result = this.#last.then(() => {
      const work: ViewWork = { folder: this.#folder(), task }
      return askThread<ViewResult>('view-thread', work)
    })
    this.#last = result.then(undefined, () => {})
    try {
      return await result
    } finally {
      this.#tasks--
    }
  }
}
