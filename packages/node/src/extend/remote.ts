// What nodes say to each other about a room whose behaviour is on one of them (singleton.ts), as JSON.
//
//   a member's node ── rpc, publish, members ──▶ the owner ── done, refused, elsewhere, again ──▶ back
//   the former owner ── vacant ──▶ each node that has members

import type { ClientInfo } from '@sluice/cluster'
import { type ErrorReply, errors } from '@sluice/protocol'
import * as z from 'zod'

/** A client came or went, on the node that tells. */
export interface Change {
  type: 'joined' | 'left'
  client: ClientInfo
}

/** A part of what a node tells about its members. From `first` to `last` it tells all of them; the rest is what changed. */
export interface Report {
  first: boolean
  last: boolean
  changes: Change[]
}

/** What a behaviour is asked on behalf of a client. */
export type Call =
  | ({ type: 'rpc'; room: string; method: string; data?: unknown; client: ClientInfo } & Followed)
  | ({ type: 'publish'; room: string; data?: unknown; client: ClientInfo } & Followed)

/** The trace that a call belongs to, if it is followed: see tracing/traceparent.ts. */
interface Followed {
  traceparent?: string
}

/** All that a node may ask another. */
export type RemoteQuestion =
  | Call
  | ({ type: 'members'; room: string } & Report)
  /** The asker owns the room no longer. */
  | { type: 'vacant'; room: string }

export type RemoteAnswer =
  /** `again`: as below, besides. */
  | { type: 'done'; data?: unknown; again?: boolean }
  | { type: 'refused'; error: ErrorReply }
  /** The room is not this node's: ask the bus again whose it is. */
  | { type: 'elsewhere' }
  /** Of this node's members nothing is known here: tell all of them. */
  | { type: 'again' }

const client = z.looseObject({ client: z.string(), user: z.string() })
const room = z.string()
const traceparent = z.string().exactOptional()

const question = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('rpc'),
    room,
    method: z.string(),
    data: z.unknown().optional(),
    client,
    traceparent,
  }),
  z.object({ type: z.literal('publish'), room, data: z.unknown().optional(), client, traceparent }),
  z.object({
    type: z.literal('members'),
    room,
    first: z.boolean(),
    last: z.boolean(),
    changes: z.array(z.object({ type: z.enum(['joined', 'left']), client })),
  }),
  z.object({ type: z.literal('vacant'), room }),
])

const answer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('done'),
    data: z.unknown().optional(),
    again: z.boolean().exactOptional(),
  }),
  z.object({
    type: z.literal('refused'),
    error: z.object({
      code: z.number(),
      message: z.string(),
      temporary: z.boolean().exactOptional(),
    }),
  }),
  z.object({ type: z.literal('elsewhere') }),
  z.object({ type: z.literal('again') }),
])

/** What another node asks; undefined for what is none of these, as from a node of another version. */
export function parseQuestion(text: string): RemoteQuestion | undefined {
  return question.safeParse(parseJson(text)).data
}

/** What another node answered; a refusal for what is none of these. */
export function parseAnswer(text: string): RemoteAnswer {
  const parsed = answer.safeParse(parseJson(text))
  return parsed.success ? parsed.data : { type: 'refused', error: errors.internal }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
