// What the admin port answers, as far as this page uses it. The node's own types say the same: packages/node/src/inspect.

import type {
  ActorRow,
  CloseUpOver,
  BlockedFamilyName,
  FlightRow,
  Json,
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
  /** Why only the node that was asked is in here. */
  readonly unreachable?: string
}

export type LinkState = 'connecting' | 'resyncing' | 'up' | 'down' | 'closed'

export interface LinkHealth {
  readonly address: string
  readonly state: LinkState
  readonly sinceMs: number
  readonly roundTripMs?: number
  readonly losses: number
}

export interface LeaseHealth {
  readonly ms: number
  readonly leftMs: number
  readonly lapses: number
  readonly reaping: readonly string[]
  readonly reaped: number
}

/** What is optional is not told by older versions: nodes of one cluster are not replaced at once. */
export interface NodeFacts {
  readonly uid: string
  readonly name: string
  readonly version: string
  readonly pid: number
  readonly uptimeMs: number
  readonly link: LinkState
  /** None in a node that is alone. */
  readonly links?: readonly LinkHealth[]
  /** Absent also in a node that cannot be out of the cluster. */
  readonly lease?: LeaseHealth
  readonly owned?: number
  readonly bus?: {
    readonly losses: number
    readonly repaired: number
    readonly gaps: number
    readonly lost: number
    readonly failures: number
  }
  readonly draining: boolean
  readonly connections: number
  readonly users: number
  readonly rooms: number
  readonly actors: Record<StateName, number>
  readonly orphans: number
  readonly unknownEnds: number
  readonly restarts: number
  readonly lagP99Ms?: number
  readonly lagMaxMs?: number
  readonly heapBytes: number
  readonly rssBytes: number
}

/** With the leases of the others, as the node that was asked knows them. */
export type NodesAnswer = Reached<NodeFacts> & {
  readonly peers: readonly { uid: string; name: string; leftMs: number }[]
}

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
  /** What its behaviour shows of it. */
  readonly json?: Json
  /** While it is traced, and for a while after. */
  readonly trace?: TraceState
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
  readonly trace?: TraceState
}

export interface TraceState {
  readonly leftMs: number
  readonly over?: CloseUpOver
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

export interface MemberRow {
  readonly client: string
  readonly user: string
  readonly actor: string
  readonly address: string
  readonly queueBytes: number
  readonly blockedMs?: number
}

export interface PublisherRow {
  /** Empty for what no client published. */
  readonly client: string
  readonly user: string
  readonly actor?: string
  readonly share: number
  readonly errorShare: number
  readonly perSecond: number
  readonly agoMs: number
}

export interface RoomDetail {
  readonly node: string
  readonly room: RoomRow
  readonly options: {
    readonly history?: { size: number; ttlMs: number }
    readonly presence: boolean
    readonly joinLeave: boolean
    readonly recover: boolean
    readonly position: boolean
    readonly allow: Readonly<Record<string, string>>
    readonly slow: { policy: string; maxBytes: number; maxAgeMs: number }
    readonly behavior?: string
    readonly singleton: boolean
  }
  readonly joining: number
  readonly behaviorActor?: string
  readonly owner?: string
  readonly publishers: { perSecond: number; rows: readonly PublisherRow[] }
  readonly members: Omit<List<MemberRow>, 'node'>
}

export interface CrowdRow {
  readonly name: string
  readonly connections: number
  readonly rooms: number
  readonly blocked: number
  readonly queueBytes: number
}

/** `total` and `matched` are connections. */
export type Crowds = List<CrowdRow> & { readonly crowds: number }

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
