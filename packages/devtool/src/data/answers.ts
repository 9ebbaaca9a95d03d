// What the admin port answers, as far as this page uses it. The node's own types say the same: packages/node/src/inspect.

import type { ActorRow, Dump, Group, Site, StateName, TombstoneRow } from '@sluice/core'

export interface Reached<View> {
  readonly nodes: readonly { node: string; uid: string; view: View }[]
  readonly refused: readonly { node: string; status: number; message: string }[]
  readonly silent: readonly string[]
}

export interface NodeFacts {
  readonly uid: string
  readonly name: string
  readonly version: string
  readonly pid: number
  readonly uptimeMs: number
  readonly link: 'connecting' | 'resyncing' | 'up' | 'down' | 'closed'
  readonly draining: boolean
  readonly connections: number
  readonly users: number
  readonly rooms: number
  readonly actors: Record<StateName, number>
  readonly orphans: number
  readonly unknownEnds: number
  readonly restarts: number
  readonly heapBytes: number
  readonly rssBytes: number
}

export type NodesAnswer = Reached<NodeFacts>

/** With its groups in place of its actors. */
export type GroupedDump = Dump & { groups: Group[] }

export interface ActorDetail {
  readonly node: string
  readonly actor: ActorRow
  readonly lineage: readonly Site[]
  readonly contexts: readonly { owner: string; deadlineMs?: number; ended?: string }[]
  readonly children: Readonly<Record<string, number>>
  readonly trail: readonly {
    agoMs: number
    event: string
    from: string
    to: string
    wait?: string
  }[]
}

export interface DeadDetail {
  readonly node: string
  readonly tombstone: TombstoneRow
}
