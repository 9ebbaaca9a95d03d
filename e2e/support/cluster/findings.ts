// What can be wrong with a history.

export type FindingKind =
  /** An acked message, or one that others saw, that a client should have seen and did not. */
  | 'lost'
  /** A hole in the offsets that nobody told the client of. */
  | 'silent_gap'
  /** Received twice by one client. */
  | 'duplicate'
  /** An offset behind the client's position. */
  | 'step_back'
  /** A publication of another epoch than the subscription's. */
  | 'epoch_mix'
  /** `recovered: true`, but not everything between the two positions came, in order. */
  | 'false_recovery'
  /** `recovered: false`, with publications: a part where nothing was promised. */
  | 'partial_recovery'
  /** An id that nobody published in this room, or whose publisher was told that it failed. */
  | 'unexpected'
  /** One place in the stream with two ids, or one entry that two follow: on one branch, where it may have been rolled back. */
  | 'disagreement'
  /** One id in two places of the stream. */
  | 'two_offsets'
  /** Invoked after another was acked, yet before it in the stream. */
  | 'reordered'
  /** A received publication while not subscribed. */
  | 'outside'
  /** Not subscribed at the end, or in an epoch that was replaced. */
  | 'absent'
  /** The stream was replaced by a new one, and nothing may be rolled back. */
  | 'replaced'
  /** Present on a node, and not there any more. */
  | 'ghost'
  /** There, and not present on a node. */
  | 'missing'
  /** A node does not say who is present. */
  | 'unanswered'

export interface Finding {
  readonly kind: FindingKind
  readonly room: string
  /** Absent where it is about the room as a whole. */
  readonly client?: string
  readonly detail: string
}
