// What the admin port answers, as far as this page uses it. The node's own types say the same: packages/node/src/inspect.

import type {
  ActorRow,
  BlockedFamilyName,
  Dump,
  FlightRow,
  Group,
  LintReport,
  MachineChart,
  Site,
  StateName,
  TombstoneRow,
  WaitRoot,
} from '@sluice/core'

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

/** What is wrong with a node: `/debug/nodes/lints`. */
export interface NodeLints {
  readonly lints: LintReport
  /** Those on whom most others wait, directly or not. */
  readonly roots: readonly Pick<WaitRoot, 'id' | 'behavior' | 'all' | 'ms' | 'words'>[]
  readonly rootCount: number
  readonly cycleCount: number
  readonly blocked: {
    readonly of: number
    readonly count: number
    readonly families: Readonly<Record<BlockedFamilyName, number>>
  }
  readonly figures: Readonly<Record<string, number | string>>
}

/** With its groups in place of its actors. */
export type GroupedDump = Dump & { groups: Group[] }

export interface ActorDetail {
  readonly node: string
  readonly actor: ActorRow
  readonly lineage: readonly Site[]
  readonly contexts: readonly { owner: string; deadlineMs?: number; ended?: string }[]
  readonly children: Readonly<Record<string, number>>
  readonly waiters: {
    readonly count: number
    readonly longestMs: number
    readonly sample: readonly { id: string; behavior: string }[]
  }
  /** Of a behaviour that is a machine. */
  readonly machine?: MachineChart
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

export interface List<Row> {
  readonly node: string
  readonly total: number
  readonly matched: number
  readonly rows: readonly Row[]
}

export interface RoomRow {
  readonly name: string
  readonly actor: string
  readonly members: number
  readonly delivered: number
  readonly slow: number
  readonly queueBytes: number
  readonly offset: number
  readonly epoch: string
  readonly history: boolean
  readonly presence: boolean
  readonly behavior?: string
}

export interface ConnectionRow {
  readonly client: string
  readonly user: string
  readonly actor: string
  readonly address: string
  readonly ageMs: number
  readonly rooms: number
  readonly handled: number
  readonly queueBytes: number
  readonly blocked: boolean
}

export interface ArchivedDump {
  readonly id: string
  /** As ISO 8601. */
  readonly at: string
  readonly node: string
  readonly trigger: string
  readonly bytes: number
}

export interface DumpList {
  readonly folder: string
  readonly dumps: readonly ArchivedDump[]
}

export interface Flight {
  readonly node: string
  readonly takenAt: string
  readonly lastMs: number
  readonly rows: readonly FlightRow[]
}
