// Sentinels promote a replica that lacks what the primary had acknowledged, again and again.
//
//   replica cut from its primary ─▶ a message to every room, acknowledged, heard ─▶ primary killed ─▶ replica promoted
//   ─▶ every bus tells every room of the roll-back ─▶ the dead one comes back as a replica

import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '@sluice/cluster'
import {
  type RedisServer,
  sentinelName,
  type SentinelTrio,
  startSentinels,
  until,
} from '@sluice/test-support'
import { oneOf } from '../random.ts'
import { atMost, type Experiment, ownPrefix, spreadOf } from './experiment.ts'
import { lineOf, Peer, Story } from './peer.ts'

const limitMs = 10_000
const rooms = Array.from({ length: 20 }, (_, nth) => `kept-${nth}`)

export const failover: Experiment = {
  name: 'failover',
  promise:
    'a failover that loses acknowledged writes: writes 10 s after the switch, every loss told to every room',
  times: 20,
  async play({ times, random }) {
    await using trio = await startSentinels()
    const prefix = ownPrefix()
    const story = new Story()
    await using stack = new AsyncDisposableStack()
    const peers = ['a', 'b', 'c'].map((name) =>
      stack.use(new Peer(name, story, { url: trio.url, prefix })),
    )
    await Promise.all(peers.map((peer) => peer.up()))
    for (const peer of peers) await peer.enter(rooms)
    const [writeMs, outageMs]: [number[], number[]] = [[], []]
    const broken: string[] = []
    let [rolledBack, told, acked] = [0, 0, 0]
    for (let round = 0; round < times; round++) {
      const find = (what: string): void => void broken.push(`round ${round}: ${what}`)
      for (const peer of peers) peer.begin()
      const writers = peers.map((peer) => new Writer(peer, random))
      await sleep(300 * random())
      const old = await trio.primary()
      const heir = trio.servers.find((server) => server !== old)!
      await detach(heir)
      // Of each room one message at least that the heir has not.
      const tops = await topsAfterAll(peers, random)
      await Promise.all(peers.map((peer) => peer.hears(() => peer.has(tops), 'what will be lost')))
      const toldOf = peers.map((peer) => toldRooms(peer))
      const switched = trio.switched()
      await old.kill()
      const killed = performance.now()
      for (const writer of writers) writer.watch()
      await switched
      const now = performance.now()
      const firsts = await Promise.all(writers.map((writer) => writer.first))
      writeMs.push(...firsts.map((at) => Math.max(0, at - now)))
      outageMs.push(...firsts.map((at) => at - killed))
      await Promise.all(peers.map((peer) => peer.up()))
      for (const writer of writers) acked += await writer.stop()
      const lasts = await topsAfterAll(peers, random)
      for (const peer of peers) {
        await peer
          .hears(() => peer.has(lasts), 'the last')
          .catch((error: Error) => find(error.message))
        peer.conclude()
      }
      for (const finding of story.judge({ mayRollBack: true })) find(lineOf(finding))
      for (const [nth, told_] of toldOf.entries()) {
        rolledBack += rooms.length
        told += told_.size
        const silent = rooms.filter((room) => !told_.has(room))
        if (silent.length > 0) find(`${peers[nth]!.name} was not told of ${silent.join(' ')}`)
      }
      if (round < times - 1) await comeBack(trio, old, heir)
    }
    return {
      rows: [
        ['failovers', times],
        ['roll-backs of a room, as one bus sees it / told', `${rolledBack} / ${told}`],
        ['writes acknowledged beside that', acked],
        ['from the switch until the first write, min / median / p99 / max', spreadOf(writeMs)],
        ['from the death of the primary until then', spreadOf(outageMs)],
      ],
      broken,
      late: atMost(limitMs, writeMs, 'the first write'),
    }
  },
}

/** Writes without end. */
class Writer {
  /** When a write that began after `watch` was acknowledged. */
  readonly first: Promise<number>
  readonly #peer: Peer
  readonly #random: () => number
  readonly #writing: Promise<void>
  readonly #heard = Promise.withResolvers<number>()
  #watching = false
  #going = true
  #acked = 0

  constructor(peer: Peer, random: () => number) {
    this.#peer = peer
    this.#random = random
    this.first = this.#heard.promise
    this.#writing = this.#write()
  }

  watch(): void {
    this.#watching = true
  }

  /** Resolves with how many were acknowledged. */
  async stop(): Promise<number> {
    this.#going = false
    await this.#writing
    return this.#acked
  }

  async #write(): Promise<void> {
    while (this.#going) {
      const counts = this.#watching
      const place = await this.#peer.publish(oneOf(rooms, this.#random))
      if (place !== undefined) this.#acked++
      if (counts && place !== undefined) this.#heard.resolve(performance.now())
      await sleep(10)
    }
  }
}

/** A message to every room, from one or the other; where the rooms stand then. */
async function topsAfterAll(
  peers: readonly Peer[],
  random: () => number,
): Promise<ReadonlyMap<string, Position>> {
  const tops = new Map<string, Position>()
  await Promise.all(
    rooms.map((room) =>
      until(
        async () => {
          const place = await oneOf(peers, random).publish(room)
          if (place !== undefined) tops.set(room, place)
          return place !== undefined
        },
        { what: `${room} takes a message`, deadlineMs: 20_000 },
      ),
    ),
  )
  return tops
}

/** The rooms that it is told of from now on. */
function toldRooms(peer: Peer): ReadonlySet<string> {
  const told = new Set<string>()
  peer.events.on((event) => {
    if (event.name === 'gap.told') told.add(event.room)
  })
  return told
}

/** Follows its primary no more, since that does not know its password. */
async function detach(replica: RedisServer): Promise<void> {
  await replica.admin.config('SET', 'masterauth', 'wrong')
  await replica.admin.call('CLIENT', 'KILL', 'TYPE', 'master')
  await until(
    async () => (await replica.admin.info('replication')).includes('master_link_status:down'),
    { what: 'the replica is cut off' },
  )
}

/** The one that was killed follows the one that was promoted, and all Sentinels know it. */
async function comeBack(
  { admins }: SentinelTrio,
  old: RedisServer,
  primary: RedisServer,
): Promise<void> {
  await primary.admin.config('SET', 'masterauth', '')
  await old.restart()
  await old.admin.replicaof('127.0.0.1', primary.port)
  await until(async () => (await old.admin.info('replication')).includes('master_link_status:up'), {
    what: 'it follows',
    deadlineMs: 20_000,
  })
  for (const admin of admins) {
    await until(
      async () => {
        const replicas = (await admin.call('SENTINEL', 'REPLICAS', sentinelName)) as string[][]
        return replicas.length === 1 && replicas[0]![replicas[0]!.indexOf('flags') + 1] === 'slave'
      },
      { what: 'the Sentinels know it', deadlineMs: 30_000 },
    )
  }
}
