// What a room does, by its name: `rooms.default` for all, changed by the namespace before the first `:`, with a
// behaviour by pattern.
//
//   roomDefaults ◀── rooms.default ◀── rooms.namespaces.game        game:7  →  these options
//                                      rooms.behaviors "game:*"     game:7  →  this module
//
// Tables are Maps: a client chooses the name that is looked up, and `constructor:1` must find nothing.

import type * as z from 'zod'
import { formatPath, type Problem } from './config-error.ts'
import { duration, flag, oneOf, orFalse, overlay, section } from './option-leaves.ts'
import { shortFor, table, text, whole } from './option-leaves.ts'
import type { Given } from './option-leaves.ts'

/** Who may do something in a room, besides the server API. */
export const accessLevels = ['none', 'subscriber', 'client', 'any'] as const

/**
 * `none`: nobody without a subscription token. `subscriber`: who is subscribed to the room. `client`: every connection
 * with a user, or every connection at all in insecure mode. `any`: anonymous connections too.
 */
export type Access = (typeof accessLevels)[number]

/** What happens to a member whose socket does not drain. */
export const slowPolicies = ['disconnect', 'drop-oldest', 'latest'] as const

export type SlowPolicy = (typeof slowPolicies)[number]

export interface AllowOptions {
  subscribe: Access
  publish: Access
  presence: Access
  history: Access
}

export interface SlowOptions {
  policy: SlowPolicy
  /** What one member may have queued from this room. Default `limits.maxQueueBytes`. */
  maxBytes: number
  /** How old the oldest of it may be. Default `limits.broadcastDeadlineMs`. */
  maxAgeMs: number
}

export interface RoomOptions {
  /** Members can be listed. Default false. */
  presence: boolean
  /** Members hear who joins and leaves. Default false. */
  joinLeave: boolean
  /** The room's kept past. Default none. */
  history?: { size: number; ttlMs: number }
  /** Every subscriber recovers what it missed, asked for or not. Needs history. Default false. */
  recover: boolean
  /** Every subscriber's position is watched, asked for or not. Needs history. Default false. */
  position: boolean
  /** Default: subscribe and publish `none`, presence and history `subscriber`; in insecure mode all `any`. */
  allow: AllowOptions
  /** Default `disconnect`. */
  slow: SlowOptions
  /** The module of the rooms' behaviour, as an absolute path. Default none: a plain room. */
  behavior?: string
  /** There is one behaviour of the room in the whole cluster, not one on each node. Needs a behaviour. Default false. */
  singleton: boolean
}

export interface RoomsOptions {
  /** For rooms without a namespace, and what a namespace starts from. */
  default: RoomOptions
  namespaces: ReadonlyMap<string, RoomOptions>
  /** Pattern → module. `*` stands for any characters. */
  behaviors: ReadonlyMap<string, string>
}

/** How a file writes a room's options; times are milliseconds or text such as "300s". */
export type RoomConfig<Time = number | string> = Given<
  Pick<RoomOptions, 'presence' | 'joinLeave' | 'recover' | 'position' | 'singleton'>
> & {
  history?: false | { size?: number | undefined; ttl?: Time | undefined } | undefined
  allow?: Given<AllowOptions> | undefined
  slow?: SlowPolicy | Given<SlowOptions, Time> | undefined
  behavior?: string | false | undefined
}

/** How a file writes `rooms`. */
export interface RoomsConfig {
  default?: RoomConfig | undefined
  namespaces?: Record<string, RoomConfig> | undefined
  behaviors?: Record<string, string> | undefined
}

/** `rooms`, checked, with nothing filled in. */
export interface ParsedRooms {
  default?: ParsedRoom | undefined
  namespaces?: Map<string, ParsedRoom> | undefined
  behaviors?: Map<string, string> | undefined
}

type ParsedRoom = Omit<RoomConfig<number>, 'slow'> & {
  slow?: Given<SlowOptions, number> | undefined
}

export const roomDefaults: RoomOptions = {
  presence: false,
  joinLeave: false,
  recover: false,
  position: false,
  allow: { subscribe: 'none', publish: 'none', presence: 'subscriber', history: 'subscriber' },
  slow: { policy: 'disconnect', maxBytes: 1_048_576, maxAgeMs: 500 },
  singleton: false,
}

/** What a history that is switched on keeps, unless told. */
export const historyDefaults: NonNullable<RoomOptions['history']> = { size: 100, ttlMs: 300_000 }

const access = oneOf(accessLevels)
const modulePath = text('the path of a module')

const room = section({
  presence: flag(),
  joinLeave: flag(),
  history: orFalse(section({ size: whole(1, 100_000), ttl: duration(1, 365 * 86_400_000) })),
  recover: flag(),
  position: flag(),
  allow: section({ subscribe: access, publish: access, presence: access, history: access }),
  slow: shortFor(
    'policy',
    section({
      policy: oneOf(slowPolicies),
      maxBytes: whole(1_024, 1_073_741_824),
      maxAgeMs: duration(1, 3_600_000),
    }),
  ),
  behavior: orFalse(modulePath),
  singleton: flag(),
})

/** The schema of `rooms`. */
export const roomsSchema: z.ZodType<ParsedRooms, RoomsConfig> = section({
  default: room,
  namespaces: table(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    'a namespace: letters, digits, ".", "_" and "-", at most 64, a letter or digit first',
    room,
  ),
  behaviors: table(
    /^[\x21-\x7e]{1,255}$/,
    'a pattern of room names: printable ASCII without spaces, at most 255 characters',
    modulePath,
  ),
})

/** What the rest of the configuration says about rooms. */
export interface RoomContext {
  insecure: boolean
  limits: { maxQueueBytes: number; broadcastDeadlineMs: number }
  /** Makes a module's path absolute. */
  absolute: (path: string) => string
}

/** Fills in what is not said. Problems found on the way go to `problems`. */
export function resolveRooms(
  parsed: ParsedRooms,
  context: RoomContext,
  problems: Problem[],
): RoomsOptions {
  const { insecure, limits, absolute } = context
  const { allow, slow } = roomDefaults
  const base: RoomOptions = {
    ...roomDefaults,
    // Insecure mode is for trying things out: what nobody forbade is allowed.
    allow: insecure ? { subscribe: 'any', publish: 'any', presence: 'any', history: 'any' } : allow,
    slow: { ...slow, maxBytes: limits.maxQueueBytes, maxAgeMs: limits.broadcastDeadlineMs },
  }
  const patterns = [...(parsed.behaviors?.keys() ?? [])]
  const resolve = (
    path: string,
    from: RoomOptions,
    given: ParsedRoom,
    mayFit: readonly string[],
  ): RoomOptions => {
    const resolved = changed(from, given, absolute)
    problems.push(...contradictions(path, resolved, limits))
    if (resolved.singleton && resolved.behavior === undefined && mayFit.length === 0) {
      problems.push({ key: `${path}.singleton`, message: `needs ${path}.behavior` })
    }
    return resolved
  }

  // What a pattern declares starts from the default, so any of them may need its options.
  const common = resolve('rooms.default', base, parsed.default ?? {}, patterns)
  const namespaces = new Map<string, RoomOptions>()
  for (const [name, given] of parsed.namespaces ?? []) {
    const mayFit = patterns.filter((pattern) => {
      const [namespace] = pattern.split(':', 1)
      return namespace === name || namespace!.includes('*')
    })
    const path = formatPath(['rooms', 'namespaces', name])
    namespaces.set(name, resolve(path, common, given, mayFit))
  }
  const behaviors = new Map<string, string>()
  for (const [pattern, path] of parsed.behaviors ?? []) {
    behaviors.set(pattern, absolute(path))
    // Without this, "auction:*" alone would route rooms that error 102 keeps everyone out of.
    const [namespace] = pattern.split(':', 1)
    const named = pattern.includes(':') && !namespace!.includes('*')
    if (named && !namespaces.has(namespace!)) namespaces.set(namespace!, common)
  }
  return { default: common, namespaces, behaviors }
}

/** The options with what is given put over them, key by key. */
function changed(
  from: RoomOptions,
  given: ParsedRoom,
  absolute: (path: string) => string,
): RoomOptions {
  const { history: oldHistory, behavior: oldBehavior, ...rest } = from
  const { history, behavior, allow, slow, ...flags } = given
  const resolved: RoomOptions = {
    ...overlay(rest, flags),
    allow: overlay(from.allow, allow),
    slow: overlay(from.slow, slow),
  }
  if (history) {
    const { size, ttl: ttlMs } = history
    resolved.history = overlay(oldHistory ?? historyDefaults, { size, ttlMs })
  } else if (history === undefined && oldHistory) resolved.history = oldHistory
  if (behavior) resolved.behavior = absolute(behavior)
  else if (behavior === undefined && oldBehavior !== undefined) resolved.behavior = oldBehavior
  return resolved
}

function contradictions(
  path: string,
  options: RoomOptions,
  limits: RoomContext['limits'],
): Problem[] {
  const problems: Problem[] = []
  for (const key of ['recover', 'position'] as const) {
    if (options[key] && !options.history) {
      problems.push({ key: `${path}.${key}`, message: `needs ${path}.history` })
    }
  }
  if (options.slow.maxBytes > limits.maxQueueBytes) {
    problems.push({
      key: `${path}.slow.maxBytes`,
      message: `is more than limits.maxQueueBytes (${limits.maxQueueBytes}), which ends the connection first`,
    })
  }
  return problems
}
