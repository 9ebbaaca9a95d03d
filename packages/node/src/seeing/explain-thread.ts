// The thread of inspect/explain.ts: reads the shared table, thinks, answers and ends.

import { parentPort, workerData } from 'node:worker_threads'
import { blockedActors, lintDump, readShared, stateMap, waitGraph } from '@sluice/core'
import type { ExplainWork } from '../inspect/explain.ts'

const { shared } = workerData as ExplainWork
const dump = readShared(shared)
const { actors, sites, ...header } = dump
const text = JSON.stringify({
  ...header,
  listed: actors.length,
  sites,
  lints: lintDump(dump),
  blocked: blockedActors(dump),
  graph: waitGraph(dump),
  map: stateMap(dump),
})
parentPort?.postMessage(new TextEncoder().encode(text))
