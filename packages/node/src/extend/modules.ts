// Behaviours that users wrote: modules that the config names, loaded once at start. TypeScript needs no build step.

import { pathToFileURL } from 'node:url'
import { type AnyBehavior, SluiceError, type System } from '@sluice/core'
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

  /** Of every module, once. */
  get all(): Iterable<AnyBehavior> {
    return this.#behaviors.values()
  }

  /** The behaviour of a module that the config names. */
  get(path: string): AnyBehavior {
    const behavior = this.#behaviors.get(path)
    if (behavior === undefined) throw new SluiceError('not_available', `${path} was not loaded`)
    return behavior
  }
}

/** Loads every module that the options name. Throws when one is no behaviour, and says which and why. */
export async function loadModules(
  options: Pick<NodeOptions, 'rooms' | 'rpc'>,
  system: Pick<System, 'program'>,
): Promise<Modules> {
  const { rooms, rpc } = options
  const paths = new Set([...rooms.behaviors.values(), ...rpc.values()])
  for (const room of [rooms.default, ...rooms.namespaces.values()]) {
    if (room.behavior !== undefined) paths.add(room.behavior)
  }
  const loaded = await Promise.all(
    [...paths].map(async (path) => [path, await load(path, system)] as const),
  )
  return new Modules(new Map(loaded))
}

async function load(path: string, system: Pick<System, 'program'>): Promise<AnyBehavior> {
  let exported: { default?: unknown }
  try {
    exported = (await import(pathToFileURL(path).href)) as { default?: unknown }
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error), error)
  }
  const given = exported.default
  if (typeof given !== 'object' || given === null) {
    throw invalid(path, 'its default export is no behaviour (name, start, receive)')
  }
  // Only own properties: an instance of a class would lose its methods here.
  const behavior = { ...outsideDefaults, ...given } as AnyBehavior
  const fault = faultOf(behavior)
  if (fault !== undefined) throw invalid(path, fault)
  try {
    // Now, and not when the first client comes: the kernel checks mailbox, supervision and tab.
    system.program(behavior)
  } catch (error) {
    throw invalid(path, (error as Error).message, error)
  }
  return behavior
}

function faultOf(behavior: AnyBehavior): string | undefined {
  const { name, start, receive, accepts, restart, inspect } = behavior as Partial<AnyBehavior>
  if (typeof name !== 'string' || name === '')
    return 'its default export is no behaviour: name must be a text'
  for (const [key, hook] of Object.entries({ start, receive })) {
    if (typeof hook !== 'function')
      return `its default export is no behaviour: ${key} must be a function of its own`
  }
  const types: unknown = accepts
  if (types !== undefined && !(Array.isArray(types) && types.every((t) => typeof t === 'string')))
    return 'accepts must be a list of message types'
  if (restart !== undefined && !['permanent', 'transient', 'temporary'].includes(restart))
    return 'restart must be permanent, transient or temporary'
  if (inspect !== undefined && typeof inspect !== 'function') return 'inspect must be a function'
  return undefined
}

function invalid(path: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('option_invalid', `${path}: ${why}`, { cause })
}
