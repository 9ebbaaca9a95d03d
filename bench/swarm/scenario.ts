// What a bench asks of the swarm, and what it gets back. Plain data: it crosses a process boundary as JSON.

import type { DialectName } from './dialect.ts'
import type { Reading } from './meter.ts'

/** A server process: where it is reached, and whose CPU time is read at both ends of the measured time. */
export interface Place {
  port: number
  pid: number
}

/** What is under load. */
export interface Target {
  /** One server, or the nodes of a cluster. */
  nodes: readonly [Place, ...Place[]]
  /** The Redis between the nodes. */
  redisPid?: number | undefined
  dialect: DialectName
}

interface Timed {
  target: Target
  warmupMs: number
  measureMs: number
}

/** Publishers and members: everything published in a room is expected at each of its members. */
export interface FanoutScenario extends Timed {
  type: 'fanout'
  rooms: number
  /** Per room, the publisher included: it is the first member. They are spread over the nodes, and publishers as well. */
  members: number
  payloadBytes: number
  /** How each publisher goes: K messages under way at any time, or N a second come what may. */
  pace: { window: number } | { perSecond: number }
}

/** Calls and their answers, a fixed number of calls under way per connection. */
export interface EchoScenario extends Timed {
  type: 'echo'
  connections: number
  window: number
  payloadBytes: number
}

/** Connect, say hello, close, again and again, in a fixed number of places. */
export interface ChurnScenario extends Timed {
  type: 'churn'
  places: number
}

/** Brings the number of idle connections up to `connections` and holds them. */
export interface HoldScenario {
  type: 'hold'
  target: Target
  connections: number
  /** Rooms that a connection is in, each with nobody else; none if absent. */
  roomsEach?: number
}

export type Scenario = FanoutScenario | EchoScenario | ChurnScenario | HoldScenario

/** What was seen in the measured time, and what became of everything that was ever sent. */
export interface Outcome extends Reading {
  /** Over the whole run, drained: what should have come, and what did. */
  expected: number
  received: number
  /** Connections that never got through, and closes that nobody asked for, by code. */
  failed: number
  closes: Record<string, number>
}
