// A bus whose loop stands still while others publish: Redis' buffer for it fills, and Redis closes its connection.
//
//   publishers ══ 20 MB/s ══▶ Redis ══▶ a loop that stands still ─▶ closed by Redis ─▶ the loop turns ─▶ repaired, counted

import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '@sluice/cluster'
import { startRedis } from '@sluice/test-support'
import { atMost, type Experiment, ownPrefix, spreadOf } from './experiment.ts'
import { padded, Peer, Story } from './peer.ts'
import { type Report, StallingPeer } from './stalling-peer.ts'

const limitMs = 2_000
const rooms = Array.from({ length: 10 }, (_, nth) => `kept-${nth}`)
const plainRooms = Array.from({ length: 10 }, (_, nth) => `plain-${nth}`)
const bytes = 10_000
const padding = '.'.repeat(bytes)
/** Published and not yet in a stream: a machine that cannot keep up is not asked to. */
const mostUnderWay = 1_000
const tickMs = 10

export const outputBuffer: Experiment = {
  name: 'output-buffer',
  promise:
    'a loop that stands still for 5 s at 20 MB/s, until Redis closes its link: whole after 2 s, losses counted',
  times: 10,
  async play({ times, brief }) {
    const stallMs = brief ? 1_500 : 5_000
    // Else Redis' own: 32 MB at once, or 8 MB for 60 s.
    const args = brief ? ['--client-output-buffer-limit', 'pubsub', '1mb', '512kb', '1'] : []
    await using redis = await startRedis({ args })
    const reports: Report[] = []
    const repairMs: number[] = []
    const broken: string[] = []
    let [sent, unknown, plainSent, sentMs] = [0, 0, 0, 0]
    for (let round = 0; round < times; round++) {
      const prefix = ownPrefix()
      const story = new Story()
      await using teller = new Peer('teller', story, { url: redis.url, prefix })
      await teller.up()
      await using stalls = await StallingPeer.start({ url: redis.url, prefix, rooms, plainRooms })
      const flood = new Flood(teller, brief ? 4 : rooms.length)
      await flood.once()
      flood.start()
      await sleep(200)
      await stalls.stall(stallMs)
      const turned = performance.now()
      const reached = stalls.reach(new Map(flood.tops)).then(() => performance.now() - turned)
      repairMs.push(await reached)
      await flood.stop()
      // The last of each sender shows what is missing before it.
      await flood.once()
      const report = await stalls.reach(flood.tops, flood.lasts)
      const find = (what: string): void => void broken.push(`round ${round}: ${what}`)
      if (report.ends.length === 0) find('Redis did not close the connection')
      if (report.told > 0) find(`told of ${report.told} gaps`)
      if (report.heard < flood.sent || report.heard > flood.sent + flood.unknown)
        find(`heard ${report.heard} of ${flood.sent}, ${flood.unknown} unknown`)
      const missing = flood.plainSent - report.plainHeard
      if (missing !== report.plainLost) find(`${missing} lost, ${report.plainLost} counted`)
      for (const finding of report.findings) find(finding)
      reports.push(report)
      sent += flood.sent
      unknown += flood.unknown
      plainSent += flood.plainSent
      sentMs += flood.tookMs
      await redis.admin.flushall()
    }
    const sum = (of: (report: Report) => number): number =>
      reports.reduce((all, report) => all + of(report), 0)
    const rate = ((sent + plainSent) * bytes) / 1_000 / sentMs
    return {
      rows: [
        ['published', `${rate.toFixed(1)} MB/s`],
        [
          'connections that Redis closed',
          `${sum(({ ends }) => Math.min(1, ends.length))} of ${times}`,
        ],
        ['publishes that were not answered in time', unknown],
        [
          'with history: sent / heard / of these repaired',
          `${sent} / ${sum(({ heard }) => heard)} / ${sum(({ repaired }) => repaired)}`,
        ],
        [
          'without: sent / lost / counted as lost',
          `${plainSent} / ${plainSent - sum(({ plainHeard }) => plainHeard)} / ${sum(({ plainLost }) => plainLost)}`,
        ],
        ['from the end of the stall until whole, min / median / p99 / max', spreadOf(repairMs)],
        ['why connections ended', [...new Set(reports.flatMap(({ ends }) => ends))].join('; ')],
      ],
      broken,
      late: atMost(limitMs, repairMs, 'the repair'),
    }
  },
}

/** Messages at an even pace, half of them kept. */
class Flood {
  /** Acknowledged. */
  sent = 0
  /** Not answered in time. */
  unknown = 0
  plainSent = 0
  tookMs = 0
  /** Where the rooms with history stand. */
  readonly tops = new Map<string, Position>()
  /** The last message of each of the others. */
  readonly lasts = new Map<string, string>()
  readonly #teller: Peer
  readonly #perTick: number
  #ids = 0
  #going = true
  #underWay = 0
  #flowing: Promise<void> = Promise.resolve()

  constructor(teller: Peer, perTick: number) {
    this.#teller = teller
    this.#perTick = perTick
  }

  start(): void {
    this.#flowing = this.#flow()
  }

  async stop(): Promise<void> {
    this.#going = false
    await this.#flowing
  }

  /** One to each room. */
  async once(): Promise<void> {
    await Promise.all(rooms.map((_room, nth) => this.#tell(nth)))
  }

  async #flow(): Promise<void> {
    const began = performance.now()
    const telling = new Set<Promise<void>>()
    let tick = 0
    while (this.#going) {
      tick++
      // As many again without history; with 10 + 10 of 10 kB in 10 ms that is 20 MB/s.
      for (let nth = 0; nth < this.#perTick && this.#underWay < mostUnderWay; nth++) {
        const told = this.#tell(nth).finally(() => telling.delete(told))
        telling.add(told)
      }
      await sleep(Math.max(0, began + tick * tickMs - performance.now()))
    }
    await Promise.all(telling)
    this.tookMs = performance.now() - began
  }

  async #tell(nth: number): Promise<void> {
    const id = String(++this.#ids)
    // Without a link it would not leave this process.
    if (this.#teller.bus.linkState() === 'up') {
      this.plainSent++
      this.lasts.set(plainRooms[nth]!, id)
      void this.#teller.bus.publish(plainRooms[nth]!, padded(id, padding), {})
    }
    this.#underWay++
    const place = await this.#teller.publish(rooms[nth]!, id, padding)
    this.#underWay--
    if (place === undefined) {
      this.unknown++
      return
    }
    this.sent++
    const top = this.tops.get(rooms[nth]!)
    if (top === undefined || top.offset < place.offset) this.tops.set(rooms[nth]!, place)
  }
}
