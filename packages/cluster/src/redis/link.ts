// The life of the link to the other nodes, as a machine: what /ready and the devtool show.
//
//   connecting ─▶ resyncing ─▶ up          resyncing: every room subscribed, its position compared, the probe back
//        └──────────┴──▶ down ─▶ resyncing

import { type Actor, createActor, setup } from 'xstate'
import type { LinkState } from '../bus.ts'

export type LinkEvent =
  | { type: 'connected' }
  | { type: 'resynced' }
  | { type: 'lost' }
  | { type: 'closed' }

/** Few and long-lived: XState itself runs it. */
const linkMachine = setup({ types: { events: {} as LinkEvent } }).createMachine({
  id: 'link',
  initial: 'connecting',
  on: { closed: '.closed' },
  states: {
    connecting: { on: { connected: 'resyncing', lost: 'down' } },
    resyncing: { on: { resynced: 'up', lost: 'down' } },
    up: { on: { lost: 'down' } },
    down: { on: { connected: 'resyncing' } },
    closed: { type: 'final' },
  },
})

export class Link {
  readonly #actor: Actor<typeof linkMachine> = createActor(linkMachine)

  constructor(changed: (state: LinkState) => void) {
    let last: LinkState = 'connecting'
    this.#actor.subscribe(({ value }) => {
      if (value === last) return
      last = value
      changed(last)
    })
    this.#actor.start()
  }

  get state(): LinkState {
    return this.#actor.getSnapshot().value
  }

  send(type: LinkEvent['type']): void {
    this.#actor.send({ type })
  }
}
