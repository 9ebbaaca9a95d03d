export { freePort } from './ports.ts'
export { isRunning, stateOf } from './processes.ts'
export { killProgram } from './program.ts'
export { type RedisOptions, type RedisServer, startRedis } from './redis.ts'
export {
  type MoveSteps,
  type RedisCluster,
  type RedisClusterOptions,
  type RedisNode,
  startRedisCluster,
} from './redis-cluster.ts'
export {
  type SentinelOptions,
  sentinelName,
  type SentinelTrio,
  startSentinels,
} from './sentinels.ts'
export { until, type UntilOptions } from './until.ts'
