// The link is cut again and again while the bus comes back: at any byte of all that a new connection begins with.
//
//   cut ─▶ greeting · scripts · SUBSCRIBE · places ─ cut at a byte ─▶ … ─▶ left alone ─▶ up ─▶ a message to every room

import type { Position } from '@sluice/cluster'
import { startRedis } from '@sluice/test-support'
import { type Direction, type RedisProxy, startProxy } from '../cluster/proxy.ts'
import { oneOf } from '../random.ts'
import { atMost, type Experiment, inLanes, ownPrefix, spreadOf, within } from './experiment.ts'
import { lineOf, Peer, Story } from './peer.ts'

const limitMs = 5_000
/** More than one SUBSCRIBE takes. */
const rooms = Array.from({ length: 600 }, (_, nth) => `kept-${nth}`)
const plainRooms = Array.from({ length: 20 }, (_, nth) => `plain-${nth}`)

export const cutResubscribe: Experiment = {
  name: 'cut-resubscribe',
  promise:
    'cut 1 to 5 times at any byte of coming back: 600 rooms are whole, and heard, within 5 s',
  times: 1_000,
  async play({ times, random }) {
    await using redis = await startRedis()
    const backMs: number[] = []
    const broken: string[] = []
    const bad = new Set<number>()
    let [cuts, repaired, plainSent, plainLost] = [0, 0, 0, 0]
    await inLanes(
      times,
      4,
      () => openLane(redis.port),
      async (lane, round) => {
        const { proxy, story, hearer, teller } = lane
        const find = (what: string): void => {
          bad.add(round)
          broken.push(`round ${round}: ${what}`)
        }
        hearer.begin()
        const wanted = 1 + Math.floor(random() * 5)
        const off = hearer.events.on((event) => {
          if (event.name === 'gap.repaired') repaired += event.messages
        })
        const tell = (): void => {
          for (let nth = 0; nth < 8; nth++) void teller.publish(oneOf(rooms, random))
          for (let nth = 0; nth < 2; nth++) lane.tellPlain(oneOf(plainRooms, random))
        }
        try {
          let up = lane.loseLink()
          tell()
          for (let nth = 0; nth < wanted; nth++) {
            const direction: Direction = random() < 0.5 ? 'toRedis' : 'toClient'
            const cut = proxy.cutAfter(Math.floor(random() * lane.usual[direction]), direction)
            const missed = await Promise.race([cut.then(() => false), up.then(() => true)])
            if (missed) {
              // It was there before as many bytes had passed: then all begins anew.
              await proxy.pass()
              up = lane.loseLink()
              nth--
            } else cuts++
            tell()
          }
          const lastCut = performance.now()
          await up
          backMs.push(performance.now() - lastCut)
          await lane.tellAll()
        } catch (error) {
          find((error as Error).message)
          await proxy.pass()
          await hearer.up()
        } finally {
          off()
        }
        hearer.conclude()
        for (const finding of story.judge()) find(lineOf(finding))
        if (hearer.told > 0) find(`told of ${hearer.told} gaps`)
        const missing = lane.plainSent - hearer.plain.length
        if (missing !== hearer.lost) find(`${missing} plain messages lost, ${hearer.lost} counted`)
        plainSent += lane.plainSent
        plainLost += missing
        lane.forgetPlain()
      },
    )
    return {
      rows: [
        ['rounds in which every room was whole and heard', `${times - bad.size} of ${times}`],
        ['cuts', cuts],
        ['messages repaired from streams', repaired],
        [
          'messages without history: sent / lost, each of them counted',
          `${plainSent} / ${plainLost}`,
        ],
        ['from the last cut until ready, min / median / p99 / max', spreadOf(backMs)],
      ],
      broken,
      late: atMost(limitMs, backMs, 'coming back'),
    }
  },
}

async function openLane(port: number): Promise<Lane> {
  await using stack = new AsyncDisposableStack()
  const proxy = stack.use(await startProxy(port))
  const story = new Story()
  const prefix = ownPrefix()
  const hearer = stack.use(new Peer('hearer', story, { url: proxy.url, prefix }))
  const teller = stack.use(new Peer('teller', story, { url: `redis://127.0.0.1:${port}`, prefix }))
  await Promise.all([hearer.up(), teller.up()])
  await hearer.enter(rooms, plainRooms)
  const lane = new Lane(proxy, story, hearer, teller, stack.move())
  await lane.measure()
  return lane
}

/** One cluster of two: who hears has the link that is cut. */
class Lane implements AsyncDisposable {
  readonly proxy: RedisProxy
  readonly story: Story
  readonly hearer: Peer
  readonly teller: Peer
  /** Bytes of a whole way back. */
  usual: Record<Direction, number> = { toRedis: 0, toClient: 0 }
  plainSent = 0
  readonly #stack: AsyncDisposableStack

  constructor(
    proxy: RedisProxy,
    story: Story,
    hearer: Peer,
    teller: Peer,
    stack: AsyncDisposableStack,
  ) {
    this.proxy = proxy
    this.story = story
    this.hearer = hearer
    this.teller = teller
    this.#stack = stack
  }

  /** Resolves when the hearer is ready again. */
  async loseLink(): Promise<void> {
    const up = this.hearer.next('link.changed', ({ state }) => state === 'up')
    this.proxy.cut()
    await within(up, 30_000, 'the hearer is ready again')
  }

  async measure(): Promise<void> {
    // From the second message of a sender on, one that is missing shows.
    await this.tellAll()
    const before = { ...this.proxy.passed }
    await this.loseLink()
    const { toRedis, toClient } = this.proxy.passed
    this.usual = { toRedis: toRedis - before.toRedis, toClient: toClient - before.toClient }
    this.story.judge()
    this.forgetPlain()
  }

  tellPlain(room: string): void {
    this.plainSent++
    void this.teller.bus.publish(room, String(this.plainSent), {})
  }

  /** At once when the hearer says that it is ready: a room that it is not in yet shows. */
  async tellAll(): Promise<void> {
    const { teller, hearer } = this
    const before = hearer.plain.length
    for (const room of plainRooms) this.tellPlain(room)
    const places = new Map<string, Position>()
    await Promise.all(
      rooms.map(async (room) => {
        const place = await teller.publish(room)
        if (place !== undefined) places.set(room, place)
      }),
    )
    const unheard = (): Set<string> => {
      const left = new Set(plainRooms)
      for (const { room } of hearer.plain.slice(before)) left.delete(room)
      return left
    }
    // A link that is lost once more, as on a machine that is busy, takes messages without history with it: others tell as well.
    const again = setInterval(() => unheard().forEach((room) => this.tellPlain(room)), 1_000)
    try {
      const heardAll = (): boolean => unheard().size === 0 && hearer.has(places)
      await hearer.hears(heardAll, 'every room', limitMs)
    } finally {
      clearInterval(again)
    }
  }

  forgetPlain(): void {
    this.plainSent = 0
    this.hearer.plain.length = 0
    this.hearer.lost = 0
    this.hearer.told = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}
