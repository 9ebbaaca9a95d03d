// What the actors of this node mean: what is wrong, who waits on whom, what there is most of. Worked out by another thread,
// over the shared table, so that the loop is not held however many actors there are.

import { shareSystem, type SharedSystem } from '@sluice/core'
import type { Services } from '../services.ts'
import { askThread } from '../seeing/thread.ts'
import { ReadyJson } from './ready-json.ts'

/** What the thread is told. */
export interface ExplainWork {
  readonly shared: SharedSystem
}

const running = new WeakMap<Services, Promise<ReadyJson>>()

/** The explanation of now; those who ask at the same time get the same one. */
export function viewExplanation(services: Services): Promise<ReadyJson> {
  const known = running.get(services)
  if (known !== undefined) return known
  const made = work(services).finally(() => running.delete(services))
  running.set(services, made)
  return made
}

async function work({ system }: Services): Promise<ReadyJson> {
  const told: ExplainWork = { shared: shareSystem(system) }
  const json = await askThread<Uint8Array>('explain-thread', told)
  return new ReadyJson(new TextDecoder().decode(json))
}
