// What the actors of this node mean: what is wrong, who waits on whom, what there is most of. Worked out by another thread,
// over the shared table, so that the loop is not held however many actors there are.

import { shareSystem, type SharedSystem } from '@sluice/core'
import type { Services } from '../services.ts'
import { askThread } from '../seeing/thread.ts'

/** What the thread is told. */
export interface ExplainWork {
  readonly shared: SharedSystem
}

/** JSON, as the thread made it: an object made of it would be work for the loop. */
const running = new WeakMap<Services, Promise<string>>()

/** The explanation of now, as JSON text; those who ask at the same time get the same one. */
export function explainNow(services: Services): Promise<string> {
  const known = running.get(services)
  if (known !== undefined) return known
  const made = work(services).finally(() => running.delete(services))
  running.set(services, made)
  return made
}

/** For those who ask from another node. */
export async function viewExplanation(services: Services): Promise<object> {
  return JSON.parse(await explainNow(services)) as object
}

async function work({ system }: Services): Promise<string> {
  const told: ExplainWork = { shared: shareSystem(system) }
  return new TextDecoder().decode(await askThread<Uint8Array>('explain-thread', told))
}
