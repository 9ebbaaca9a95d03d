// A bus whose primary the Sentinels name, and which they replace while it can do nothing about it.

import { setTimeout as sleep } from 'node:timers/promises'
import { type BusEvent, type BusHost, createRedisBus, type RedisBusOptions } from '@sluice/cluster'
import { Events } from '@sluice/core'
import {
  sentinelName,
  type SentinelOptions,
  type SentinelTrio,
  startSentinels,
  until,
} from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { type RedisProxy, startProxy } from '../support/cluster/proxy.ts'

const kept = { size: 10_000, ttlMs: 60_000 }

async function trioOf(options?: SentinelOptions): Promise<SentinelTrio> {
  const trio = await startSentinels(options)
  onTestFinished(() => trio[Symbol.asyncDispose]())
  return trio
}

function join(url: string, options: Partial<RedisBusOptions> = {}) {
  const events: BusEvent[] = []
  const hub = new Events<BusEvent>()
  hub.on((event) => void events.push(event))
  const host: BusHost = {
    deliver() {},
    control() {},
    answer: async () => '',
    describe: () => ({ uid: 'a', name: 'a' }) as ReturnType<BusHost['describe']>,
  }
  const bus = createRedisBus(host, { url, events: hub, retryMaxMs: 200, ...options })
  onTestFinished(() => bus.close())
  const up = (): Promise<true> =>
    until(() => bus.ready(), { what: 'the bus is up', deadlineMs: 20_000 })
  return { bus, events, up }
}

type Joined = ReturnType<typeof join>

/** What ended connections until now. */
function lost({ events }: Joined): string[] {
  return events.flatMap((event) => (event.name === 'link.lost' ? [event.why] : []))
}

/** Publishes without end, at a pace that a stream of `kept` outlasts; returns how to stop, with what was acknowledged meanwhile. */
function publishAll({ bus }: Joined): () => Promise<Map<string, string>> {
  const acked = new Map<string, string>()
  const state = { going: true }
  const publishing = Array.from({ length: 4 }, async (_, nth) => {
    for (let i = 0; state.going; i++) {
      const id = `"${nth}-${i}"`
      try {
        const place = await bus.publish('room', id, { history: kept })
        acked.set(id, `${place!.epoch}@${place!.offset}`)
      } catch {
        // Not acknowledged: nothing is promised.
      }
      await sleep(5)
    }
  })
  return async () => {
    state.going = false
    await Promise.all(publishing)
    return acked
  }
}

test('what a primary answers that was frozen until another was promoted is believed by nobody', async () => {
  const trio = await trioOf()
  // Patient: it is not the silence that ends the connections.
  const joined = join(trio.url, { pingMs: 400, commandTimeoutMs: 20_000, publishTimeoutMs: 60_000 })
  await joined.up()
  const old = await trio.primary()
  await joined.bus.publish('room', '"first"', { history: kept })
  await old.admin.wait(1, 5_000)
  const switched = trio.switched()
  old.pause()
  const stop = publishAll(joined)
  const primary = await switched
  old.resume()
  // It has executed what lay in its sockets, and takes writes for seconds until it is told.
  await old.admin.ping()
  await joined.up()
  await joined.bus.publish('room', '"last"', { history: kept })
  const acked = await stop()
  const reader = join(trio.url)
  await reader.up()
  const { publications, epoch } = await reader.bus.history('room', { limit: 10_000 }, kept)
  const there = new Map(publications.map(({ data, offset }) => [data, `${epoch}@${offset}`]))
  expect([...acked].filter(([id, place]) => there.get(id) !== place)).toEqual([])
  expect(there.has('"last"')).toBe(true)
  expect(primary).not.toBe(old)
}, 60_000)

test('a primary that never hears that it was replaced is left all the same', async () => {
  // No Sentinel can make a replica of it: it takes writes for ever.
  const deaf = ['--rename-command', 'REPLICAOF', '', '--rename-command', 'SLAVEOF', '']
  const trio = await trioOf({ primaryArgs: deaf })
  const joined = join(trio.url, { pingMs: 100 })
  await joined.up()
  const old = await trio.primary()
  const switched = trio.switched()
  await trio.admins[0]!.call('SENTINEL', 'FAILOVER', sentinelName)
  const primary = await switched
  await until(() => lost(joined).length > 0, { what: 'the connections are left' })
  await joined.up()
  await joined.bus.publish('room', '"after"', { history: kept })
  expect(new Set(lost(joined).map((why) => why.split(': ').at(-1)))).toEqual(
    new Set(['no primary any more']),
  )
  expect((await old.admin.role())[0]).toBe('master')
  expect(await old.admin.keys('*room*')).toEqual([])
  expect(await primary.admin.keys('*room*')).not.toEqual([])
}, 60_000)

test('Sentinels that call one server by different names end nothing', async () => {
  const trio = await trioOf({ hosts: ['localhost', '127.0.0.1', '127.0.0.1'] })
  const said = await Promise.all(
    trio.admins.map((admin) => admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', sentinelName)),
  )
  expect(new Set(said.map((address) => (address as string[])[0])).size).toBe(2)
  const joined = join(trio.url, { pingMs: 20 })
  await joined.up()
  await hasAnswered(trio, 400)
  expect(lost(joined)).toEqual([])
  expect(joined.bus.ready()).toBe(true)
}, 60_000)

/** A way to each Sentinel, to be blocked; and the URL that leads through them. */
async function waysTo(trio: SentinelTrio): Promise<{ url: string; proxies: RedisProxy[] }> {
  const proxies = await Promise.all(trio.sentinels.map(({ port }) => startProxy(port)))
  for (const proxy of proxies) onTestFinished(() => proxy[Symbol.asyncDispose]())
  const hosts = proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return { url: `redis-sentinel://${hosts}/${sentinelName}`, proxies }
}

test('Sentinels that do not answer, be it all of them, end no link that is well', async () => {
  const { url, proxies } = await waysTo(await trioOf())
  const joined = join(url, { pingMs: 20, commandTimeoutMs: 200 })
  await joined.up()
  const [first, second, third] = proxies
  first!.blackHole()
  second!.refuse()
  second!.cut()
  third!.blackHole()
  // Many pings, each with its question, and more than one given up.
  await until(() => third!.accepted + first!.accepted > 8, {
    what: 'the silent ones are tried anew',
  })
  expect(lost(joined)).toEqual([])
  expect(await joined.bus.publish('room', '"x"', { history: kept })).toMatchObject({ offset: 1 })
}, 60_000)

test('a late answer is believed when no Sentinel says anything', async () => {
  const trio = await trioOf({ downAfterMs: 60_000 })
  const { url, proxies } = await waysTo(trio)
  const joined = join(url, { pingMs: 100, commandTimeoutMs: 8_000, publishTimeoutMs: 60_000 })
  await joined.up()
  for (const proxy of proxies) proxy.blackHole()
  const primary = await trio.primary()
  primary.pause()
  const published = joined.bus.publish('room', '"x"', { history: kept })
  // Later than half a ping: it waits for the Sentinels, in vain.
  await sleep(200)
  primary.resume()
  expect(await published).toMatchObject({ offset: 1 })
  expect(lost(joined)).toEqual([])
}, 60_000)

/** Resolves when every Sentinel has answered so many commands more; what is asked here is a part of them. */
async function hasAnswered({ admins }: SentinelTrio, commands: number): Promise<void> {
  const counts = (): Promise<number[]> =>
    Promise.all(
      admins.map(async (admin) =>
        Number(/total_commands_processed:(\d+)/.exec(await admin.info('stats'))?.[1]),
      ),
    )
  const before = await counts()
  await until(async () => (await counts()).every((count, i) => count >= before[i]! + commands), {
    what: `every Sentinel has answered ${commands} commands`,
    deadlineMs: 30_000,
  })
}
