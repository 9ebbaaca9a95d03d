// The public names of the kernel, users' first.

// For those who write behaviours.
export {
  type Behavior,
  type AnyBehavior,
  defineBehavior,
  next,
  type Next,
  type Scalar,
  stop,
  type Stop,
} from './behavior.ts'
export type { AskOptions, Hold, Ref, Self } from './behavior.ts'
export type { Reply } from './ask.ts'
export {
  type ChartState,
  type ChartTransition,
  type MachineChart,
  readMachine,
} from './machine-chart.ts'
export { fromMachine, type MachineOptions } from './machine.ts'
export { supervisor, type SupervisorMessage, type SupervisorOptions } from './supervisor.ts'
export type { Backoff, Restart, Strategy, Supervision } from './supervision.ts'
export type { Delivery, MailboxOptions, Overflow } from './mailbox.ts'
export type { Tab } from './tab.ts'
export { Code, SluiceError } from './errors.ts'
export { maskUrl, redacted } from './mask-url.ts'
export { createEnd, type End, type EndCode, endCodes, formatEnd, rootCause } from './ends.ts'
export type { Context } from './context.ts'
export type { WaitClass } from './table.ts'

// For those who run them.
export {
  createSystem,
  type System,
  systemDefaults,
  type SystemOptions,
  type TurnTask,
} from './system.ts'
export { type Clock, ManualClock, systemClock } from './clock.ts'
export { Events, type KernelEvent, type Listener, type NamedEvent } from './events.ts'
export type { Tracer } from './tracer.ts'
export { isPromise, type MaybePromise } from './maybe.ts'
export { type Timer, Wheel } from './wheel.ts'

// For those who look at them.
export { type StateName, states } from './lifecycle.ts'
export type { Site } from './sites.ts'
export { waitClasses } from './table.ts'
export type {
  CloseUp,
  CloseUpEntry,
  CloseUpHold,
  CloseUpHook,
  CloseUpOver,
  CloseUpReading,
  CloseUpTurn,
  CloseUpWait,
} from './close-up.ts'
export { closeUpGoesOn } from './close-up.ts'
export { closeUpDefaults } from './close-ups.ts'
export { type CloseUpType, closeUpTypes } from './inspect/close-up-types.ts'
export { closeUpOverWords, closeUpWords, printFine } from './inspect/close-up-words.ts'
export type {
  ActorRow,
  Dump,
  DumpNode,
  DumpReason,
  FlightRow,
  StackFrame,
  TombstoneRow,
  WaitRow,
} from './inspect/dump.ts'
export { checkDump, mostDumpBytes, readDump } from './inspect/read-dump.ts'
export type { Json } from './inspect/bounded-json.ts'
export type { Rank } from './inspect/take/cut.ts'
export type { ActorFilter } from './inspect/take/filter.ts'
export { type DumpOptions, readTombstone } from './inspect/take/assemble.ts'
export { dumpSystem, readActor, type SlicedDumpOptions, takeDump } from './inspect/take/take.ts'
export { inspectActor } from './inspect/take/inspect.ts'
export { streamDump, type StreamOptions } from './inspect/take/stream.ts'
export { jsonPieces } from './inspect/take/json.ts'
export { type SharedSystem, sharedNow, shareSystem } from './inspect/shared/share.ts'
export {
  type FlightOptions,
  readFlight,
  readRunning,
  readShared,
  type RunningActor,
  type SharedDumpOptions,
} from './inspect/shared/read-shared.ts'
export { type Count, countActors } from './inspect/take/histogram.ts'
export { type Group, groupActors, groupsOf } from './inspect/map/groups.ts'
export { actorPieces, groupPieces, printActors, printGroups, printMs } from './inspect/text/text.ts'
export { readText } from './inspect/text/read-text.ts'
export { printTree, type TreeOptions } from './inspect/text/tree.ts'
export type { Range } from './inspect/phrases.ts'
export {
  type Cluster,
  clusterActors,
  clusterDefaults,
  type Clustering,
  type ClusterOptions,
  printClusters,
} from './inspect/map/clusters.ts'
export {
  type Blocked,
  blockedActors,
  blockedFamilies,
  type BlockedFamily,
  type BlockedFamilyName,
  type BlockedOptions,
  type BlockedTarget,
  familyOf,
  printBlocked,
} from './inspect/map/blocked.ts'
export {
  printWaitGraph,
  type WaitCycle,
  type WaitEdge,
  type WaitGraph,
  waitGraph,
  type WaitGraphOptions,
  type WaitRoot,
} from './inspect/map/wait-graph.ts'
export {
  printStateMap,
  type StateMap,
  stateMap,
  type StateMapOptions,
} from './inspect/map/state-map.ts'
export {
  type Lineage,
  lineageOf,
  type LineageStep,
  printLineage,
  printSpawnLines,
  type SpawnLine,
  spawnLines,
} from './inspect/map/lineage.ts'
export { lintDefaults, type Finding, type LintLimits, type Severity } from './inspect/lints/lint.ts'
export {
  lintDump,
  lintNames,
  type LintOptions,
  type LintReport,
  type LintResult,
  printLints,
} from './inspect/lints/lints.ts'
export type { Kinship } from './inspect/diff/pair.ts'
export type { GrownFigure } from './inspect/diff/growth.ts'
export type { KindChange, KindLife } from './inspect/diff/kinds.ts'
export type { LeakLevel, LeakSuspect, LeakVerdict } from './inspect/diff/leak.ts'
export {
  type ActorChanges,
  type Change,
  diffDumps,
  type DiffOptions,
  type DiffSide,
  type DumpDiff,
  type GroupChange,
} from './inspect/diff/diff.ts'
export { printDiff } from './inspect/diff/diff-text.ts'
