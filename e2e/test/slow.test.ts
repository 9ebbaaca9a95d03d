// Who does not read pays for it, by the policy of the room, and nobody else does.

import { until } from '@sluice/test-support'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { broadcast, gather } from '../support/audience.ts'
import { balance, type Books, nothingLeft, openBooks } from '../support/books.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { playSlowCrowd } from '../support/slow-crowd.ts'

const mib = 1_048_576
const deadlineMs = 500
const patienceMs = 2_000
let gateway: Gateway
let books: Books

beforeAll(async () => {
  const history = { size: 1_000 }
  gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'warn' },
      limits: { broadcastDeadlineMs: deadlineMs },
      rooms: {
        default: { history },
        namespaces: {
          news: { slow: 'drop-oldest' },
          state: { slow: 'latest' },
          patient: { slow: { policy: 'disconnect', maxAgeMs: patienceMs } },
        },
      },
    },
  })
  books = await openBooks(gateway)
})

afterAll(() => gateway.stop())

/** Publishes until it shows that somebody does not read; returns how often it did. */
async function publishUntil(
  publish: (n: number) => Promise<unknown>,
  seen: (vars: Record<string, number | string>) => boolean,
): Promise<number> {
  for (let n = 1; n <= 1_000; n++) {
    await publish(n)
    if (seen(await gateway.vars())) return n
  }
  throw new Error('1,000 messages changed nothing')
}

const large = 'x'.repeat(60_000)

describe('in a room that keeps no slow members', () => {
  test('5 % of 300 stop reading: the others lose nothing, they end with 3008, and memory stays', async () => {
    const stopped = 15
    const outcome = await playSlowCrowd(gateway, {
      members: 300,
      stopped,
      calmMessages: 500,
      messages: 1_000,
      bytes: 1_000,
      fillRoom: 'news:fill',
    })
    const { calm, disturbed, faults, complete, readers, ends, rssBefore, rssPeak } = outcome
    const grown = rssPeak - rssBefore
    console.info(
      `300 members, delay p50/p99/max: ${ms(calm)} ms while all read, ${ms(disturbed)} ms while ${stopped} do not; memory + ${(grown / mib).toFixed(1)} MiB`,
    )
    expect(faults).toEqual([])
    expect(complete).toBe(readers.length)
    // Whoever waited for a slow member would be late by the deadline.
    expect(disturbed.p99).toBeLessThan(calm.p99 + deadlineMs)
    expect(ends).toHaveLength(stopped)
    for (const end of ends) expect(end).toMatch(/^connection \S+: 3008 slow: \d+ bytes queued/)
    expect(grown).toBeLessThan(stopped * mib + 96 * mib)
    await Promise.all(readers.map(({ client }) => client.close()))
    expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
  })

  test('one that stops and looks again hears 3008', async () => {
    const [sleeper] = await gather(gateway.client, 'alone', 1)
    sleeper!.client.stopReading()
    const { slow } = await gateway.vars()
    await publishUntil(
      () => gateway.api('publish', { channel: 'alone', data: large }),
      (vars) => vars['slow'] !== slow,
    )
    sleeper!.client.startReading()
    expect(await sleeper!.client.closed).toEqual({ code: 3008, reason: 'slow' })
  })

  test('one that reads slowly but steadily stays, longer behind than the deadline is long', async () => {
    const channel = 'patient:1'
    const [slow, quick] = await gather(gateway.client, channel, 2)
    slow!.client.stopReading()
    const filled = await publishUntil(
      () => gateway.api('publish', { channel, data: large }),
      ({ waits_socket }) => waits_socket === 1,
    )
    // 64 KiB each 40 ms: the 4 MB that wait in the kernel take longer than the room's patience, a third of them, which
    // is when the kernel takes more, does not.
    const since = performance.now()
    slow!.readSlowly(40)
    await broadcast(
      gateway.client,
      { room: channel, messages: 600, bytes: 2_000, burst: 2, everyMs: 10 },
      [quick!],
    )
    await slow!.reaches(filled + 600)
    expect(performance.now() - since).toBeGreaterThan(patienceMs)
    expect([slow!.gaps, quick!.gaps]).toEqual([[], []])
    expect(await slow!.client.close()).toMatchObject({ code: 1000 })
    await quick!.client.close()
  })
})

describe('in a room that is tolerant', () => {
  test('drop-oldest keeps the member and the newest; what is missing is a gap of offsets and counted', async () => {
    const channel = 'news:1'
    const [sleeper, reader] = await gather(gateway.client, channel, 2)
    const before = await gateway.vars()
    sleeper!.client.stopReading()
    const dropped = (): Promise<number> =>
      gateway.vars().then((vars) => Number(vars['dropped']) - Number(before['dropped']))
    const published = await publishUntil(
      () => gateway.api('publish', { channel, data: large }),
      (vars) => Number(vars['dropped']) >= Number(before['dropped']) + 10,
    )
    // Longer than any deadline for a strict room: it is waiting, visibly, and stays.
    const waiting = await until(
      async () =>
        (await gateway.actors()).actors.find(
          ({ wait }) => wait?.class === 'socket' && wait.ms > 2 * deadlineMs,
        ),
      { what: 'the member is waiting for its peer' },
    )
    expect(waiting).toMatchObject({
      behavior: 'connection',
      state: 'waiting',
      wait: { target: 'peer' },
    })
    sleeper!.client.startReading()
    await Promise.all([sleeper!.reaches(published), reader!.reaches(published)])
    expect(reader!.gaps).toEqual([])
    expect(sleeper!.gaps).toHaveLength(1)
    expect(sleeper!.gaps[0]?.[1]).toBe(await dropped())
    expect(sleeper!.heard).toBe(published - (await dropped()))
    expect(await sleeper!.client.close()).toMatchObject({ code: 1000 })
    await reader!.client.close()
  })

  test('latest keeps the member and the newest of each key', async () => {
    const channel = 'state:1'
    const keys = ['a', 'b', 'c']
    const [sleeper, reader] = await gather(gateway.client, channel, 2)
    const states = [new Map<string, number>(), new Map<string, number>()]
    for (const [i, member] of [sleeper, reader].entries()) {
      member!.also = (message) => {
        const { pub } = (JSON.parse(message) as { push: { pub: Pub } }).push
        states[i]!.set(pub.tags.key, pub.data.n)
      }
    }
    const before = await gateway.vars()
    sleeper!.client.stopReading()
    const published = await publishUntil(
      (n) =>
        gateway.api('publish', {
          channel,
          data: { n, large },
          tags: { key: keys[n % keys.length] },
        }),
      (vars) => Number(vars['dropped']) >= Number(before['dropped']) + 30,
    )
    sleeper!.client.startReading()
    await Promise.all([sleeper!.reaches(published), reader!.reaches(published)])
    const after = await gateway.vars()
    const dropped = Number(after['dropped']) - Number(before['dropped'])
    expect(states[0]).toEqual(states[1])
    expect(reader!.gaps).toEqual([])
    expect(sleeper!.heard).toBe(published - dropped)
    await Promise.all([sleeper!.client.close(), reader!.client.close()])
    expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
  })
})

interface Pub {
  data: { n: number }
  tags: { key: string }
}

function ms({ p50, p99, max }: { p50: number; p99: number; max: number }): string {
  return [p50, p99, max].map((value) => value.toFixed(1)).join('/')
}
