// A process whose node cannot start: says why, and what is left of it a moment later, then has to end by itself.
// The argument is the node's config, and what only a test can make wrong.

import { createHook } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import { startNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { resolveOptions } from '../../src/options.ts'

export interface FailingStart {
  readonly config: NodeConfig
  /** Instead of what the config's checks would let pass. */
  readonly maxActors?: number
  readonly noBus?: boolean
}

export interface Leftovers {
  /** Empty when it did start. */
  readonly why: string
  /** Timers, sockets, servers, threads and listeners, by their kinds. */
  readonly left: readonly string[]
}

/** What is over when it was done; and the standard streams (PIPEWRAP), which are opened when first asked for, and for good. */
const harmless = /^(PROMISE|FS|TickObject|Microtask|Immediate|PIPEWRAP)/

const { config, maxActors, noBus = false } = JSON.parse(process.argv[2] ?? '') as FailingStart
const { options } = resolveOptions(config)
if (maxActors !== undefined) options.limits.maxActors = maxActors

const alive = new Map<number, string>()
createHook({
  init: (id, type) => void alive.set(id, type),
  destroy: (id) => void alive.delete(id),
}).enable()
const listeners = (): string[] =>
  process
    .eventNames()
    .flatMap((name) =>
      Array.from({ length: process.listenerCount(name) }, () => `on ${String(name)}`),
    )
const before = listeners()

const why = await startNode(options, {
  ownsProcess: true,
  ...(noBus && {
    createBus: () => {
      throw new Error('no bus')
    },
  }),
}).then(() => '', String)
// Handles are closed in the turn after, and told of after that.
for (let turn = 0; turn < 5; turn++) await setImmediate()
globalThis.gc?.()
await setImmediate()
const after = listeners()
for (const name of before) after.splice(after.indexOf(name), 1)
const left = [...alive.values(), ...after].filter((kind) => !harmless.test(kind))
const told: Leftovers = { why, left }
process.stdout.write(JSON.stringify(told))
