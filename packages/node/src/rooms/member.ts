// A member: one connection in one room. The room lends from it only what fan-out needs.

import type { ClientInfo } from '@sluice/cluster'
import type { ErrorReply, SubscribeResult } from '@sluice/protocol'
import type { Outlet } from '../edge/outlet.ts'
import type { Receiver } from './fanout.ts'

/** What a client wants of its subscription, beside the room. */
export interface Wish {
  recover: boolean
  offset: number
  epoch: string
  positioned: boolean
  recoverable: boolean
  /** Rather error 112 than a subscription that could not recover. */
  rejectUnrecovered: boolean
}

/** What became of a join. */
export type Joined = { ok: true; result: SubscribeResult } | { ok: false; error: ErrorReply }

export class Member implements Receiver {
  readonly outlet: Outlet
  readonly info: ClientInfo
  place = -1
  /** Its way in, and how it hears of its way out; undefined when it is out. */
  join: Join | undefined = undefined

  constructor(outlet: Outlet, info: ClientInfo) {
    this.outlet = outlet
    this.info = info
  }
}

/** A member's way in: who, what it wants, and who is told, within the very call that makes it a member. */
export interface Join {
  readonly member: Member
  readonly wish: Wish
  /** Called once. Writes the answer into the outlet before the room writes anything else there. */
  readonly answer: (joined: Joined) => void
  /** The subscription ended by the room's doing. */
  readonly evicted: (member: Member) => void
}
