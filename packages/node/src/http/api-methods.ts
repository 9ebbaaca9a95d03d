// What each method of the server API does. Every one takes a body and gives its result as JSON text, in the shapes of
// the client protocol where there are any: a publication's data is text already and is never parsed again.

import type { Control, Position } from '@sluice/cluster'
import { disconnects, encodeReply, errors, type Results, unsubscribes } from '@sluice/protocol'
import type * as z from 'zod'
import { Refused } from '../refusals.ts'
import type { RoomOptions } from '../room-options.ts'
import type { Services } from '../services.ts'
import {
  broadcastBody,
  type BroadcastBody,
  channelsBody,
  disconnectBody,
  emptyBody,
  type Ending,
  historyBody,
  type HistoryBody,
  parseBody,
  publishBody,
  type PublishBody,
  refreshBody,
  roomBody,
  rpcBody,
  subscribeBody,
  unsubscribeBody,
  type Whose,
} from './api-bodies.ts'
import { settle, writeOutcome } from './api-outcome.ts'

/** Carries a call out; rejects with what went wrong. What it asks of the bus it asks before it first waits. */
export type ApiMethod = (services: Services, body: unknown) => Promise<string>

/** Commands of one batch, and rooms of one broadcast: more would hold the loop too long. */
const maxItems = 1_000

const nothing = '{}'

/** The methods by name, all but `batch`, which is made of the others. */
export const apiMethods: ReadonlyMap<string, ApiMethod> = new Map([
  ['publish', method(publishBody, async (...call) => writePosition(await publish(...call)))],
  ['broadcast', method(broadcastBody, broadcast)],
  [
    'subscribe',
    method(subscribeBody, (services, { channel: room, ...whose }) => {
      optionsOf(services, room)
      return control(services, { type: 'subscribe', ...who(whose), room })
    }),
  ],
  [
    'unsubscribe',
    method(unsubscribeBody, (services, { channel: room, unsubscribe, ...whose }) => {
      const ending = complete(unsubscribe ?? unsubscribes.server, unsubscribes)
      return control(services, { type: 'unsubscribe', ...who(whose), room, ...ending })
    }),
  ],
  [
    'disconnect',
    method(disconnectBody, (services, { disconnect, ...whose }) => {
      const ending = complete(disconnect ?? disconnects.forceDisconnect, disconnects)
      return control(services, { type: 'disconnect', ...who(whose), ...ending })
    }),
  ],
  [
    'refresh',
    method(refreshBody, (services, { expired, expire_at: expireAt, ...whose }) =>
      control(services, {
        type: 'refresh',
        ...who(whose),
        ...(expired !== undefined && { expired }),
        ...(expireAt !== undefined && { expireAt }),
      }),
    ),
  ],
  [
    'presence',
    method(roomBody, async (services, { channel }) => {
      checkPresence(services, channel)
      return write('presence', { presence: await services.bus.presence(channel) })
    }),
  ],
  [
    'presence_stats',
    method(roomBody, async (services, { channel }) => {
      checkPresence(services, channel)
      return write('presenceStats', await services.bus.presenceStats(channel))
    }),
  ],
  ['history', method(historyBody, history)],
  [
    'history_remove',
    method(roomBody, async (services, { channel }) => {
      historyOf(services, channel)
      await services.bus.removeHistory(channel)
      return nothing
    }),
  ],
  ['channels', method(channelsBody, channels)],
  ['info', method(emptyBody, info)],
  [
    'rpc',
    method(rpcBody, async (services, { method: name, data }) => {
      const answer = await services.rpc.call(name, data, { client: '', user: '' })
      return write('rpc', { data: answer ?? null })
    }),
  ],
])

/** Throws error 106 for a list that is too long. */
export function checkCount(items: readonly unknown[], what: string): void {
  if (items.length <= maxItems) return
  const { code, message } = errors.limitExceeded
  throw new Refused({ code, message: `${message}: at most ${maxItems} ${what}` })
}

function method<In>(
  schema: z.ZodType<In>,
  run: (services: Services, body: In) => Promise<string>,
): ApiMethod {
  return async (services, body) => run(services, parseBody(schema, body))
}

async function publish(services: Services, body: PublishBody): Promise<Position | undefined> {
  const { channel, data, tags, idempotency_key: idempotencyKey, skip_history: skipHistory } = body
  optionsOf(services, channel)
  return services.directory.publish(channel, data, {
    ...(tags !== undefined && { tags }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(skipHistory !== undefined && { skipHistory }),
  })
}

/** Each room has its own answer: one that is unknown keeps nothing from the others. */
async function broadcast(services: Services, body: BroadcastBody): Promise<string> {
  const { channels: rooms, ...publishing } = body
  checkCount(rooms, 'rooms')
  const outcomes = await Promise.all(
    rooms.map((channel) =>
      settle(services, 'broadcast', async () =>
        writePosition(await publish(services, { channel, ...publishing })),
      ),
    ),
  )
  return `{"responses":[${outcomes.map((outcome) => writeOutcome(outcome)).join(',')}]}`
}

async function history(services: Services, body: HistoryBody): Promise<string> {
  const { channel, limit = 0, since, reverse = false } = body
  const { offset = 0, epoch = '' } = since ?? {}
  const query = {
    reverse,
    ...(limit >= 0 && { limit }),
    ...(since !== undefined && { since: { offset, epoch } }),
  }
  const result = await services.bus.history(channel, query, historyOf(services, channel))
  // Who names a position must not take a part for the whole.
  if (!result.complete) throw new Refused(errors.unrecoverablePosition)
  return write('history', result)
}

async function channels(
  services: Services,
  { pattern }: { pattern?: string | undefined },
): Promise<string> {
  const { value, silent } = await services.bus.rooms(pattern === '' ? undefined : pattern)
  const members = [...value].map(
    ([room, clients]) => `${JSON.stringify(room)}:{"num_clients":${clients}}`,
  )
  const partial = silent.length === 0 ? '' : `,"silent":${JSON.stringify(silent)}`
  return `{"channels":{${members.join(',')}}${partial}}`
}

async function info(services: Services): Promise<string> {
  const { value, silent } = await services.bus.nodes()
  return JSON.stringify({
    ...(silent.length > 0 && { silent }),
    nodes: value.map((node) => ({
      uid: node.uid,
      name: node.name,
      version: node.version,
      num_clients: node.numClients,
      num_users: node.numUsers,
      num_channels: node.numChannels,
      uptime: node.uptime,
    })),
  })
}

async function control(services: Services, command: Control): Promise<string> {
  await services.bus.control(command)
  return nothing
}

/** The room's options. Throws error 102 for a namespace that nobody declared. */
function optionsOf(services: Services, room: string): RoomOptions {
  const options = services.directory.get(room)?.options ?? services.lookup(room)
  if (options === undefined) throw new Refused(errors.unknownChannel)
  return options
}

function checkPresence(services: Services, room: string): void {
  if (!optionsOf(services, room).presence) throw new Refused(errors.notAvailable)
}

function historyOf(services: Services, room: string): NonNullable<RoomOptions['history']> {
  const { history: kept } = optionsOf(services, room)
  if (kept === undefined) throw new Refused(errors.notAvailable)
  return kept
}

function who({ user, client }: Whose): { user: string; client?: string } {
  return client === undefined || client === '' ? { user } : { user, client }
}

/** A code with its own reason, or else the one that belongs to it. */
function complete(
  { code, reason }: Ending,
  known: Readonly<Record<string, { code: number; reason: string }>>,
): { code: number; reason: string } {
  if (reason !== undefined) return { code, reason }
  const match = Object.values(known).find((entry) => entry.code === code)
  return { code, reason: match?.reason ?? '' }
}

/** Zero values are left out: a room without history has nothing to say. */
function writePosition(position: Position | undefined): string {
  if (position === undefined) return nothing
  const { offset, epoch } = position
  return JSON.stringify({ offset, epoch })
}

/** A result as the client protocol writes it: a reply without its frame, `{"id":1,"history":…}`. */
function write<M extends keyof Results>(of: M, result: Results[M]): string {
  const reply = encodeReply(1, of, result)
  return reply.slice(reply.indexOf(':', '{"id":'.length) + 1, -1)
}
