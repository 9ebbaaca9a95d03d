// Behaviours that users wrote: modules that the config names, loaded once at start. TypeScript needs no build step.

import { pathToFileURL } from 'node:url'
import { type AnyBehavior, SluiceError } from '@sluice/core'
import type { NodeOptions } from '../options.ts'

/** What lives below a behaviour from outside, unless the behaviour says otherwise. */
const outsideDefaults = {
  restart: 'transient',
  maxDescendants: 10_000,
  receiveTimeoutMs: 30_000,
} as const satisfies Partial<AnyBehavior>

export class Modules {
  readonly #behaviors: ReadonlyMap<string, AnyBehavior>

  constructor(behaviors: ReadonlyMap<string, AnyBehavior>) {
    this.#behaviors = behaviors
  }

  /** The behaviour of a module that the config names. */
  get(path: string): AnyBehavior {
    const behavior = this.#behaviors.get(path)
    if (behavior === undefined) throw new SluiceError('not_available', `${path} was not loaded`)
    return behavior
  }
}

/** Loads every module that the options name. Throws when one is no behaviour, and says which. */
export async function loadModules(options: Pick<NodeOptions, 'rooms' | 'rpc'>): Promise<Modules> {
  const { rooms, rpc } = options
  const paths = new Set([...rooms.behaviors.values(), ...rpc.values()])
  for (const room of [rooms.default, ...rooms.namespaces.values()]) {
    if (room.behavior !== undefined) paths.add(room.behavior)
  }
  const loaded = await Promise.all(
    [...paths].map(async (path) => [path, await load(path)] as const),
  )
  return new Modules(new Map(loaded))
}

async function load(path: string): Promise<AnyBehavior> {
  let exported: { default?: unknown }
  try {
    exported = (await import(pathToFileURL(path).href)) as { default?: unknown }
  } catch (error) {
    throw new SluiceError('option_invalid', `${path}: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const behavior = exported.default
  if (!isBehavior(behavior)) {
    throw new SluiceError(
      'option_invalid',
      `${path}: its default export is no behaviour (name, start, receive)`,
    )
  }
  return { ...outsideDefaults, ...behavior }
}

function isBehavior(value: unknown): value is AnyBehavior {
  if (typeof value !== 'object' || value === null) return false
  const { name, start, receive } = value as Partial<AnyBehavior>
  return typeof name === 'string' && typeof start === 'function' && typeof receive === 'function'
}
