// Results and publications as random values, and the objects that a client should find on the wire for them, built
// the plain way.

import * as fc from 'fast-check'

import type {
  ClientInfo,
  ConnectResult,
  Publication,
  RefreshPush,
  SubscribePush,
  SubscribeResult,
} from '../src/index.ts'
import { data, nonZero } from './wire.ts'

const text = fc.string({ unit: 'binary', maxLength: 12 })
const seconds = fc.nat(0xffff_ffff)

export const anyInfo: fc.Arbitrary<ClientInfo> = fc.record(
  { client: text, user: text, connInfo: data, chanInfo: data },
  { requiredKeys: ['client', 'user'] },
)

export const anyPublication: fc.Arbitrary<Publication> = fc.record(
  {
    data: data.map((value) => JSON.stringify(value)),
    offset: fc.maxSafeNat(),
    info: anyInfo,
    tags: fc.dictionary(text, text, { maxKeys: 3 }),
    delta: fc.boolean(),
  },
  { requiredKeys: ['data'] },
)

export const anyExpiry: fc.Arbitrary<RefreshPush> = fc.record(
  { expires: fc.boolean(), ttl: seconds },
  { requiredKeys: [] },
)

export const anyStream: fc.Arbitrary<SubscribePush> = fc.record(
  {
    recoverable: fc.boolean(),
    positioned: fc.boolean(),
    epoch: text,
    offset: fc.maxSafeNat(),
    data,
  },
  { requiredKeys: [] },
)

export const anySubscribed: fc.Arbitrary<SubscribeResult> = fc
  .tuple(
    anyStream,
    anyExpiry,
    fc.record(
      {
        recovered: fc.boolean(),
        wasRecovering: fc.boolean(),
        publications: fc.array(anyPublication, { maxLength: 3 }),
        delta: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([stream, expiry, rest]) => ({ ...stream, ...expiry, ...rest }))

export const anyConnected: fc.Arbitrary<ConnectResult> = fc
  .tuple(
    anyExpiry,
    fc.record(
      {
        client: text,
        version: text,
        ping: seconds,
        pong: fc.boolean(),
        session: text,
        node: text,
        data,
        subs: fc
          .array(fc.tuple(text, anySubscribed), { maxLength: 3 })
          .map((subs) => new Map(subs)),
      },
      { requiredKeys: ['client', 'version'] },
    ),
  )
  .map(([expiry, rest]) => ({ ...expiry, ...rest }))

// What a client finds, by what a node said.

export function wireInfo({ client, user, connInfo, chanInfo }: ClientInfo): object {
  return {
    client,
    user,
    ...(connInfo !== undefined && { conn_info: connInfo }),
    ...(chanInfo !== undefined && { chan_info: chanInfo }),
  }
}

export function wirePublication({ data: json, info, ...rest }: Publication): object {
  const parsed: unknown = JSON.parse(json)
  return { data: parsed, ...nonZero(rest), ...(info && { info: wireInfo(info) }) }
}

export function wireSubscribed(result: SubscribeResult): object {
  const { wasRecovering, publications = [], ...rest } = result
  return {
    ...nonZero(rest),
    ...(wasRecovering === true && { was_recovering: true }),
    ...(publications.length > 0 && { publications: publications.map(wirePublication) }),
  }
}

export function wireConnected({ subs = new Map(), ...rest }: ConnectResult): object {
  const entries = [...subs].map(([room, sub]) => [room, wireSubscribed(sub)])
  return { ...nonZero(rest), ...(subs.size > 0 && { subs: Object.fromEntries(entries) }) }
}
