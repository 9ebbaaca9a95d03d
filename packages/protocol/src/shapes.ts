// The objects that occur in several replies and pushes.

import type {
  ClientInfo,
  Publication,
  RefreshPush,
  SubscribePush,
  SubscribeResult,
} from './messages.ts'
import { count, flag, json, object, quote, raw, text } from './writer.ts'

/** By hand and without `object`: this runs once for every publication, whatever else it has. */
export function writePublication({ data, info, offset, tags, delta }: Publication): string {
  let members = `{"data":${data}`
  if (info !== undefined) members += raw('info', writeInfo(info))
  if (offset !== undefined) members += count('offset', offset)
  if (tags !== undefined) members += json('tags', tags)
  if (delta === true) members += flag('delta', delta)
  return `${members}}`
}

export function writeInfo({ client, user, connInfo, chanInfo }: ClientInfo): string {
  const extra = json('conn_info', connInfo) + json('chan_info', chanInfo)
  return `{"client":${quote(client)},"user":${quote(user)}${extra}}`
}

export function writeSubscribed(result: SubscribeResult): string {
  const { recovered, wasRecovering, publications = [], data, delta } = result
  return object(
    writeStream(result) +
      flag('recovered', recovered) +
      flag('was_recovering', wasRecovering) +
      (publications.length === 0 ? '' : raw('publications', writePublications(publications))) +
      writeExpiry(result) +
      json('data', data) +
      flag('delta', delta),
  )
}

export function writePublications(publications: readonly Publication[]): string {
  return `[${publications.map(writePublication).join(',')}]`
}

/** What a subscription can do, and where its stream stands. */
export function writeStream({ recoverable, positioned, epoch, offset }: SubscribePush): string {
  return (
    flag('recoverable', recoverable) +
    flag('positioned', positioned) +
    text('epoch', epoch) +
    count('offset', offset)
  )
}

export function writeExpiry({ expires, ttl }: RefreshPush): string {
  return flag('expires', expires) + count('ttl', ttl)
}
