// A broadcast to a crowd of which some stop reading, beside the same broadcast to the same crowd while all read: what the
// stopped ones cost the others, the gateway, and themselves.

import { until } from '@sluice/test-support'
import { broadcast, delaysOf, gather, type Listener } from './audience.ts'
import type { Gateway } from './gateway.ts'

export interface SlowCrowd {
  members: number
  /** How many of them stop reading. */
  stopped: number
  /** Of the broadcast while all read. */
  calmMessages: number
  /** Of the one while some do not. The kernel takes 4 MB for each before a socket is full. */
  messages: number
  bytes: number
  /** A tolerant room whose messages fill the sockets of those who stop, so that the broadcast need not. Default none. */
  fillRoom?: string
}

export interface SlowOutcome {
  /** Delays from publisher to reader, in ms, while all read and while some do not. */
  calm: Delays
  disturbed: Delays
  /** Gaps, and messages heard twice, among those who read. */
  faults: string[]
  /** Readers who heard every message of both broadcasts. */
  complete: number
  readers: Listener[]
  /** How those who stopped ended, as their tombstones say. */
  ends: string[]
  /** The gateway's memory before the second broadcast, and the most of it during that. */
  rssBefore: number
  rssPeak: number
}

export type Delays = ReturnType<typeof delaysOf>

/** Plays both broadcasts. The readers are still there afterwards; those who stopped are not. */
export async function playSlowCrowd(gateway: Gateway, plan: SlowCrowd): Promise<SlowOutcome> {
  const { members, stopped, calmMessages, messages, bytes, fillRoom } = plan
  const { client: url } = gateway
  const room = 'crowd'
  const crowd = await gather(url, room, members)
  const watch = watchRss(gateway)
  await broadcast(url, { room, messages: calmMessages, bytes }, crowd)
  const calm = delaysOf(crowd)
  for (const member of crowd) member.delays = []

  const sleepers = crowd.slice(0, stopped)
  const readers = crowd.slice(stopped)
  watch.begin()
  const before = await gateway.vars()
  if (fillRoom === undefined) for (const { client } of sleepers) client.stopReading()
  else await fill(gateway, fillRoom, sleepers)
  await broadcast(url, { room, messages, bytes }, readers)
  const disturbed = delaysOf(readers)
  await until(async () => (await gateway.vars())['slow'] === stopped, {
    what: `${stopped} slow connections are ended`,
  })
  await until(async () => (await gateway.vars())['sockets'] === readers.length, {
    what: 'their sockets are gone',
  })
  const rssPeak = await watch.stop()
  for (const { client } of sleepers) client.socket.destroy()
  return {
    calm,
    disturbed,
    faults: readers.flatMap(({ gaps }) => gaps.map(([first, length]) => `${length} at ${first}`)),
    complete: readers.filter(({ heard }) => heard === calmMessages + messages).length,
    readers,
    ends: await endsOf(gateway, stopped),
    rssBefore: Number(before['rss_bytes']),
    rssPeak,
  }
}

/** The ends of the connections that died last. */
export async function endsOf(gateway: Gateway, count: number): Promise<string[]> {
  const { tombstones } = await gateway.actors()
  return tombstones
    .filter(({ behavior, end }) => behavior === 'connection' && !end.includes('1000'))
    .slice(0, count)
    .map(({ end }) => end)
}

/** Lets them stop reading, and publishes to them alone until all their sockets are full. */
async function fill(gateway: Gateway, channel: string, sleepers: Listener[]): Promise<void> {
  await Promise.all(sleepers.map(({ client }) => client.call('subscribe', { channel })))
  for (const { client } of sleepers) client.stopReading()
  const data = 'x'.repeat(60_000)
  await until(
    async () => {
      await gateway.api('publish', { channel, data })
      return (await gateway.vars())['waits_socket'] === sleepers.length
    },
    { what: 'their sockets are full' },
  )
}

/** Asks for it all the time: in the calm as well, so that both broadcasts have the same company. */
function watchRss(gateway: Gateway): { begin: () => void; stop: () => Promise<number> } {
  let peak = 0
  let going = true
  const done = until(
    async () => {
      peak = Math.max(peak, Number((await gateway.vars())['rss_bytes']))
      return !going
    },
    { what: 'the broadcast is over', deadlineMs: 300_000 },
  )
  return {
    begin() {
      peak = 0
    },
    async stop() {
      going = false
      await done
      return peak
    },
  }
}
