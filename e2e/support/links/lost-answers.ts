// A publish whose answer is lost: Redis did it, the connection ends before the node hears so, and the node sends it again.
//
//   publish ─▶ in the stream ─▶ answer ─ cut at a byte ─▶ sent again on the next connection ─▶ known by its number

import type { Position } from '@sluice/cluster'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { type RedisProxy, startProxy } from '../cluster/proxy.ts'
import { oneOf } from '../random.ts'
import { atMost, type Experiment, inLanes, ownPrefix, spreadOf } from './experiment.ts'
import { lineOf, Peer, Story } from './peer.ts'

const limitMs = 2_000
const rooms = Array.from({ length: 10 }, (_, nth) => `kept-${nth}`)
/** Of the answer to one publish, without its end. */
const answerBytes = 20
/** Answered together, since they are sent together. */
const atOnce = 8

export const lostAnswers: Experiment = {
  name: 'lost-answers',
  promise:
    'publishes whose answer is cut off are in the stream once, heard once, settled within 2 s',
  times: 10_000,
  async play({ times, random }) {
    await using redis = await startRedis()
    const settledMs: number[] = []
    const broken: string[] = []
    let [lost, cuts, unknown] = [0, 0, 0]
    const enough = (): boolean => lost >= times
    await inLanes(
      8,
      8,
      () => openLane(redis),
      async ({ proxy, story, hearer, teller, heard }) => {
        while (!enough() && broken.length === 0) {
          hearer.begin()
          const places = new Map<string, Position>()
          const many = 1 + Math.floor(random() * atOnce)
          const ids = Array.from({ length: many }, () => story.nextId())
          const up = teller.next('link.changed', ({ state }) => state === 'up')
          const cut = proxy.cutAfter(Math.floor(random() * answerBytes * many), 'toClient')
          const started = performance.now()
          const published = ids.map(async (id) => {
            const room = oneOf(rooms, random)
            const place = await teller.publish(room, id)
            settledMs.push(performance.now() - started)
            if (place === undefined) unknown++
            else if ((places.get(room)?.offset ?? 0) < place.offset) places.set(room, place)
          })
          await cut
          cuts++
          await up
          // Nothing was sent again before now: what was heard is what was done when the answer was lost.
          lost += ids.filter((id) => heard.has(id)).length
          heard.clear()
          await Promise.all(published)
          await hearer.hears(() => hearer.has(places), 'what was acknowledged', limitMs)
          hearer.conclude()
          broken.push(...story.judge().map(lineOf))
        }
      },
    )
    const late = atMost(limitMs, settledMs, 'a publish')
    if (unknown > 0) late.push(`${unknown} publishes were not answered in time`)
    return {
      rows: [
        ['publishes whose answer was lost after they were done', lost],
        ['cuts', cuts],
        ['publishes that were sent together with these, and not yet done', settledMs.length - lost],
        ['twice in a stream, or twice heard, or not heard', broken.length],
        ['from the call until it settled, min / median / p99 / max', spreadOf(settledMs)],
      ],
      broken,
      late,
    }
  },
}

interface Lane extends AsyncDisposable {
  readonly proxy: RedisProxy
  readonly story: Story
  readonly hearer: Peer
  readonly teller: Peer
  /** Ids that arrived since this was last emptied. */
  readonly heard: Set<string>
}

async function openLane(redis: RedisServer): Promise<Lane> {
  await using stack = new AsyncDisposableStack()
  const proxy = stack.use(await startProxy(redis.port))
  const story = new Story()
  const prefix = ownPrefix()
  const heard = new Set<string>()
  const hearer = stack.use(new Peer('hearer', story, { url: redis.url, prefix }))
  const teller = stack.use(new Peer('teller', story, { url: proxy.url, prefix }))
  await Promise.all([hearer.up(), teller.up()])
  await hearer.enter(rooms)
  hearer.onHeard = (id) => heard.add(id)
  const open = stack.move()
  return {
    ...{ proxy, story, hearer, teller, heard },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
