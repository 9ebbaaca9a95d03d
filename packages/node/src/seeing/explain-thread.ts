// The thread of explainer.ts: with each question it reads the shared table anew, thinks and answers.

import { parentPort, workerData } from 'node:worker_threads'
import { blockedActors, type Dump, lintDump, readShared, stateMap, waitGraph } from '@sluice/core'
import type { ExplainAnswer, ExplainOrder, ExplainQuestion, ExplanationPart } from './explainer.ts'
import { giveWay } from './thread.ts'

const { shared } = workerData as ExplainOrder

const explain: Record<ExplanationPart, (dump: Dump) => object> = {
  lints: (dump) => lintDump(dump),
  blocked: (dump) => blockedActors(dump),
  graph: (dump) => waitGraph(dump),
  map: (dump) => stateMap(dump),
}

function answerFor(parts: ExplainQuestion): ExplainAnswer {
  try {
    const dump = readShared(shared)
    const { actors, sites, ...header } = dump
    const told = Object.fromEntries(parts.map((part) => [part, explain[part](dump)]))
    const text = JSON.stringify({ ...header, listed: actors.length, sites, ...told })
    return { json: new TextEncoder().encode(text) }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

giveWay()
parentPort?.on('message', (parts: ExplainQuestion) => {
  parentPort?.postMessage(answerFor(parts))
})
