// The public names of @sluice/cluster.

export { createMemoryBus, createMemoryHub } from './memory-bus.ts'
export { memoryBusDefaults } from './memory-options.ts'
export { createRedisBus } from './redis/redis-bus.ts'
export { redisBusDefaults } from './redis/options.ts'

export type {
  Bus,
  BusFigures,
  BusHealth,
  BusHost,
  ClientInfo,
  Control,
  Deliver,
  Delivery,
  HistoryOptions,
  HistoryQuery,
  HistoryResult,
  LeaseHealth,
  LinkHealth,
  LinkState,
  NodeInfo,
  Ownership,
  PeerHealth,
  Position,
  PresenceStats,
  Publication,
  PublishOptions,
  Question,
  Survey,
} from './bus.ts'
export type { BusEvent } from './events.ts'
export type { MemoryHub } from './memory-bus.ts'
export type { MemoryBusOptions } from './memory-options.ts'
export type { RedisBusOptions } from './redis/options.ts'
