// A supervisor over children that write down what happens to them.

import { type AnyBehavior, type Behavior, defineBehavior, type Ref, stop } from '../src/behavior.ts'
import type { Restart, Supervision } from '../src/supervision.ts'
import { supervisor } from '../src/supervisor.ts'
import type { World } from './world.ts'

export type Told = 'fail' | 'complete' | { say: string }

/** A child that writes down what happens to it. */
export function child(
  name: string,
  restart: Restart,
  log: string[],
  more: object = {},
): Behavior<Told> {
  return defineBehavior({
    name,
    restart,
    start: () => void log.push(`start ${name}`),
    receive(_state, message: Told) {
      if (message === 'fail') throw new Error(`${name} broke`)
      if (message === 'complete') return stop('done')
      log.push(`${name} heard ${message.say}`)
      return undefined
    },
    stop: () => void log.push(`stop ${name}`),
    ...more,
  })
}

/** Enough restarts for a test. */
export const steady: Partial<Supervision> = {
  intensity: 100,
  backoff: { minMs: 10, maxMs: 10_000, factor: 2, jitter: 0.2 },
}

/** A supervisor over the children, started. */
export async function supervise(
  world: World,
  children: AnyBehavior[],
  options: Partial<Supervision> = {},
): Promise<{ top: Ref; refs: Ref<Told>[] }> {
  const specs = children.map((behavior) => ({ behavior }))
  const top = world.system.spawn(
    supervisor({ name: 'top', ...steady, ...options, children: specs }),
  )
  await world.settle()
  const refs = world.system.actors.filter((actor) => actor?.parent === (top as unknown))
  return { top: top as unknown as Ref, refs: refs as unknown as Ref<Told>[] }
}
