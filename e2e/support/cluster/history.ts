// What happened in a cluster under test, as one log in the order in which this process saw it: what publishers tried and
// were told, and what each client saw of each room. checker.ts judges it.
//
//   publisher   invoked ─▶ acked │ failed │ unknown
//   client      subscribed ─▶ received* ─▶ left │ told ─▶ subscribed … ─▶ final
//   node        present, once all is over

/** A publication as a client saw it. The id is the test's own, inside its data; no two publishes share one. */
export interface Seen {
  readonly offset: number
  readonly id: string
}

interface Publishing {
  readonly room: string
  readonly id: string
}

interface Membership {
  readonly client: string
  readonly room: string
}

export type HistoryEvent =
  /** Logged before the first byte of it is sent. */
  | (Publishing & { readonly type: 'invoked' })
  /** With the position, if the answer had one. */
  | (Publishing & { readonly type: 'acked'; readonly offset?: number; readonly epoch?: string })
  /** It surely did not happen. */
  | (Publishing & { readonly type: 'failed' })
  /** Nobody can tell whether it happened. */
  | (Publishing & { readonly type: 'unknown' })
  | (Membership & {
      readonly type: 'subscribed'
      readonly epoch: string
      /** Where the client now stands: behind the last of `publications`. */
      readonly offset: number
      /** Undefined when the client did not ask for what it missed. */
      readonly recovered: boolean | undefined
      readonly publications: readonly Seen[]
    })
  /** The wire names no epoch: it is then that of the subscription. */
  | (Membership & { readonly type: 'received'; readonly epoch?: string } & Seen)
  /** The server said that the client must begin anew (2500 and above). */
  | (Membership & { readonly type: 'told' })
  /** The client is out of the room for any other reason, such as a lost connection. */
  | (Membership & { readonly type: 'left' })
  /**
   * Nothing more is to come: the client should be in the room and have seen the last of it. `as` is the id that it has in
   * the room's presence, where it has one.
   */
  | (Membership & { readonly type: 'final'; readonly as?: string })
  /** Whom a node names as present, once the time that it may take is over; undefined if it names nobody at all. */
  | {
      readonly type: 'present'
      readonly node: string
      readonly room: string
      readonly ids: readonly string[] | undefined
    }

export class History {
  readonly events: HistoryEvent[] = []

  add(event: HistoryEvent): void {
    this.events.push(event)
  }
}
