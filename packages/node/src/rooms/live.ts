// What comes live while the past is read: many read at once after a reconnect wave, each from another moment on.
//
//   reader A ─▶ ●───▶ 7 ───▶ 8 ───▶ 9 ◀─ last
//                     reader B ─▶ ┘            what lies before the first reader is nobody's, and collected
//
// A publication is one link, however many read.

import type { Publication } from '@sluice/cluster'

/** A moment: what came after it hangs on it. */
export interface Moment {
  readonly publication: Publication | undefined
  next: Moment | undefined
}

export class Live {
  #last: Moment = { publication: undefined, next: undefined }
  #readers = 0

  add(publication: Publication): void {
    if (this.#readers === 0) return
    this.#last = this.#last.next = { publication, next: undefined }
  }

  /** From now on; every `begin` is followed by an `end`. */
  begin(): Moment {
    this.#readers++
    return this.#last
  }

  /** All that came since. */
  end(since: Moment): Publication[] {
    this.#readers--
    const publications: Publication[] = []
    for (let at = since.next; at !== undefined; at = at.next) {
      if (at.publication !== undefined) publications.push(at.publication)
    }
    return publications
  }
}
