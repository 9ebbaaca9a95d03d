// Two ways in which a connection to Redis stays open and is of no use. Many buses side by side, each with a way to Redis of
// its own.
//
//   black hole   nothing passes, in either direction, and nobody is told
//   deaf         commands are answered, published messages do not arrive

import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '@sluice/cluster'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { type RedisProxy, startProxy } from '../cluster/proxy.ts'
import { oneOf } from '../random.ts'
import {
  atMost,
  type Experiment,
  inLanes,
  ownPrefix,
  type Run,
  spreadOf,
  within,
} from './experiment.ts'
import { lineOf, Peer, type PeerOptions, Story } from './peer.ts'

interface Silence {
  readonly begin: (proxy: RedisProxy) => void
  readonly noticedWithinMs: number
  /** How the loss is named, for those that can be mistaken for another. */
  readonly why: RegExp
}

const backWithinMs = 3_000
const settledWithinMs = 2_000
const rooms = Array.from({ length: 20 }, (_, nth) => `kept-${nth}`)

export const blackHole: Experiment = {
  name: 'black-hole',
  promise: 'a link on which nothing passes is noticed within 3 s, and back 3 s after it heals',
  times: 100,
  play: (run) =>
    playSilence(run, { begin: (proxy) => proxy.blackHole(), noticedWithinMs: 3_000, why: /./ }),
}

export const deafLink: Experiment = {
  name: 'deaf',
  promise:
    'a link that answers and delivers nothing is noticed within 10 s, and back 3 s after it heals',
  times: 100,
  play: (run) =>
    playSilence(run, {
      begin: (proxy) => proxy.dropMessages(),
      noticedWithinMs: 10_000,
      why: /deaf/,
    }),
}

async function playSilence(run: Run, { begin, noticedWithinMs, why }: Silence) {
  const { times, random, brief } = run
  await using redis = await startRedis()
  const [noticedMs, backMs, settledMs]: [number[], number[], number[]] = [[], [], []]
  const broken: string[] = []
  let repaired = 0
  await inLanes(
    times,
    20,
    () => openLane(redis, brief ? { probeMs: 500, pingMs: 200 } : {}),
    async ({ proxy, story, hearer, teller }, round) => {
      const find = (what: string): void => void broken.push(`round ${round}: ${what}`)
      const off = hearer.events.on((event) => {
        if (event.name === 'gap.repaired') repaired += event.messages
      })
      hearer.begin()
      await sleep(random() * (brief ? 100 : 1_000))
      const lost = hearer.next('link.lost')
      const up = hearer.next('link.changed', ({ state }) => state === 'up')
      begin(proxy)
      const began = performance.now()
      const telling = tellOften(teller, random)
      try {
        const noticed = await within(lost, 2 * noticedWithinMs, 'it is noticed')
        noticedMs.push(performance.now() - began)
        if (!why.test(noticed.why)) find(`lost because ${noticed.why}`)
        // Its own publishes wait for no longer than they may.
        const called = performance.now()
        await hearer.publish(oneOf(rooms, random))
        settledMs.push(performance.now() - called)
        await sleep(random() * (brief ? 200 : 3_000))
        if (hearer.bus.ready()) find('ready before it was healed')
        await proxy.pass()
        const healed = performance.now()
        await within(up, 30_000, 'it is back')
        backMs.push(performance.now() - healed)
      } catch (error) {
        find((error as Error).message)
        await proxy.pass()
        await hearer.up()
      }
      const places = await telling.stop()
      await hearer.hears(() => hearer.has(places), 'what was published meanwhile').catch(() => {})
      off()
      hearer.conclude()
      for (const finding of story.judge()) find(lineOf(finding))
      if (hearer.told > 0) find(`told of ${hearer.told} gaps`)
      hearer.told = 0
    },
  )
  return {
    rows: [
      ['noticed', `${noticedMs.length} of ${times}`],
      ['after, min / median / p99 / max', spreadOf(noticedMs)],
      ['from healing until ready', spreadOf(backMs)],
      ['a publish of its own meanwhile settled after', spreadOf(settledMs)],
      ['messages repaired from streams', repaired],
    ] as const,
    broken,
    late: [
      ...atMost(noticedWithinMs, noticedMs, 'noticing'),
      ...atMost(backWithinMs, backMs, 'coming back'),
      // A few ms for this process, which plays all of them.
      ...atMost(settledWithinMs + 250, settledMs, 'a publish'),
    ],
  }
}

/** A message now and then, until it is stopped; then where each room stands. */
function tellOften(
  teller: Peer,
  random: () => number,
): { stop: () => Promise<ReadonlyMap<string, Position>> } {
  const stopped = new AbortController()
  const places = new Map<string, Position>()
  const tell = async (): Promise<void> => {
    const room = oneOf(rooms, random)
    const place = await teller.publish(room)
    if (place !== undefined) places.set(room, place)
  }
  const telling = (async () => {
    while (!stopped.signal.aborted) {
      await tell()
      await sleep(50, undefined, { signal: stopped.signal }).catch(() => {})
    }
    await tell()
  })()
  return {
    async stop() {
      stopped.abort()
      await telling
      return places
    },
  }
}

interface Lane extends AsyncDisposable {
  readonly proxy: RedisProxy
  readonly story: Story
  readonly hearer: Peer
  readonly teller: Peer
}

async function openLane(redis: RedisServer, options: Partial<PeerOptions>): Promise<Lane> {
  await using stack = new AsyncDisposableStack()
  const proxy = stack.use(await startProxy(redis.port))
  const story = new Story()
  const prefix = ownPrefix()
  const hearer = stack.use(new Peer('hearer', story, { ...options, url: proxy.url, prefix }))
  const teller = stack.use(new Peer('teller', story, { url: redis.url, prefix }))
  await Promise.all([hearer.up(), teller.up()])
  await hearer.enter(rooms)
  const open = stack.move()
  return { proxy, story, hearer, teller, [Symbol.asyncDispose]: () => open.disposeAsync() }
}
