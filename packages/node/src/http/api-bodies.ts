// The bodies of the server API: snake_case as on the wire, every key known, every fault told with its key.
//
//   bad request: channel: expected a room: printable ASCII without spaces, at most 255 characters, got ""

import { errors } from '@sluice/protocol'
import * as z from 'zod'
import { formatProblem } from '../config-error.ts'
import { Refused } from '../refusals.ts'
import { checked, flag, problemsOf, text, whole } from '../option-leaves.ts'

/** What is published, and how. */
interface Publishing {
  /** Any JSON value, null included. */
  data: unknown
  idempotency_key?: string | undefined
  tags?: Record<string, string> | undefined
  skip_history?: boolean | undefined
}

export interface PublishBody extends Publishing {
  channel: string
}

export interface BroadcastBody extends Publishing {
  channels: string[]
}

/** Whose connections are meant: all of a user's, or the one of them that `client` names. */
export interface Whose {
  /** Empty for a client without a user. */
  user: string
  client?: string | undefined
}

/** A code and its reason, as an API call names them. */
export interface Ending {
  code: number
  reason?: string | undefined
}

export interface HistoryBody {
  channel: string
  /** 0 (the default) asks for the position alone, -1 for all. */
  limit?: number | undefined
  since?: { offset?: number | undefined; epoch?: string | undefined } | undefined
  reverse?: boolean | undefined
}

const roomName = text(
  'a room: printable ASCII without spaces, at most 255 characters',
  /^[\x21-\x7e]{1,255}$/,
)
const anyText = z.string('text')
const count = whole(0, Number.MAX_SAFE_INTEGER)

const publishing = {
  data: z.custom<unknown>((given) => given !== undefined, 'a JSON value'),
  idempotency_key: text('text of 1 to 255 characters', /^[^]{1,255}$/).optional(),
  tags: z.record(z.string(), anyText, 'a group of texts').optional(),
  skip_history: flag().optional(),
}
const whose = { user: anyText, client: anyText.optional() }

export const roomBody: z.ZodType<{ channel: string }> = group({ channel: roomName })

export const publishBody: z.ZodType<PublishBody> = group({
  channel: roomName,
  ...publishing,
})

export const broadcastBody: z.ZodType<BroadcastBody> = group({
  channels: z.array(roomName, 'a list of rooms'),
  ...publishing,
})

export const subscribeBody: z.ZodType<{ channel: string } & Whose> = somebodys({
  ...whose,
  channel: roomName,
})

export const unsubscribeBody: z.ZodType<
  { channel: string; unsubscribe?: Ending | undefined } & Whose
> = somebodys({ ...whose, channel: roomName, unsubscribe: ending(2_000, 2_999).optional() })

export const disconnectBody: z.ZodType<{ disconnect?: Ending | undefined } & Whose> = somebodys({
  ...whose,
  disconnect: ending(3_000, 4_999).optional(),
})

export const refreshBody: z.ZodType<
  { expired?: boolean | undefined; expire_at?: number | undefined } & Whose
> = somebodys({ ...whose, expired: flag().optional(), expire_at: count.optional() })

export const historyBody: z.ZodType<HistoryBody> = group({
  channel: roomName,
  limit: whole(-1, Number.MAX_SAFE_INTEGER).optional(),
  since: group({ offset: count.optional(), epoch: anyText.optional() }).optional(),
  reverse: flag().optional(),
})

export const channelsBody: z.ZodType<{ pattern?: string | undefined }> = group({
  pattern: text('text of at most 255 characters', /^[^]{0,255}$/).optional(),
})

export const rpcBody: z.ZodType<{ method: string; data?: unknown }> = group({
  method: text(
    'a method: printable ASCII without spaces, at most 255 characters',
    /^[\x21-\x7e]{1,255}$/,
  ),
  data: z.unknown().optional(),
})

export const emptyBody: z.ZodType<object> = group({})

export const batchBody: z.ZodType<{ commands: unknown[] }> = group({
  commands: z.array(z.unknown(), 'a list of commands'),
})

/** The body as its schema sees it. Throws a `Refused` that lists every fault. */
export function parseBody<In>(schema: z.ZodType<In>, given: unknown): In {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw badRequest(problemsOf(parsed.error, given).map(formatProblem).join('; '))
}

/** Error 107, saying why. */
export function badRequest(why: string): Refused {
  const { code, message } = errors.badRequest
  return new Refused({ code, message: `${message}: ${why}`.slice(0, 1_000) })
}

/** An object with these keys and no others. */
function group<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(() => 'unknown key').join('\n')
        : 'an object',
  })
}

/** The same, for the connections of somebody: those without a user are found by their id alone. */
function somebodys<S extends typeof whose & z.ZodRawShape>(
  shape: S,
): z.ZodObject<S, z.core.$strict> {
  return group(shape).refine((given) => (given as Whose).user !== '' || (given as Whose).client, {
    path: ['user'],
    error: 'a user, or a client beside it',
  })
}

/** A code of this range. The reason goes into a close frame (RFC 6455 section 5.5). */
function ending(least: number, most: number): z.ZodType<Ending, Ending> {
  return group({
    code: whole(least, most),
    reason: checked(
      'text of at most 123 bytes',
      (reason) => Buffer.byteLength(reason) <= 123,
    ).optional(),
  })
}
