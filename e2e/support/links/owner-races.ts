// Several buses ask for the same names at once, and write as owners. Some give a name up, some lose it with their lease:
// they are cut off, go on writing, and what they wrote arrives late.
//
//   all ask ─▶ one owns, the others are told who ─▶ it writes with its token ─┬ gives up
//                                                                            └ is cut off ─▶ another owns ─▶ late writes refused

import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '@sluice/core'
import { type RedisServer, startRedis } from '@sluice/test-support'
import { type RedisProxy, startProxy } from '../cluster/proxy.ts'
import { oneOf } from '../random.ts'
import { atMost, type Experiment, ownPrefix, spreadOf } from './experiment.ts'
import { kept, Peer, Story } from './peer.ts'

/** A fifteenth of the default times, so that many leases end. */
const times = { beatMs: 200, leaseMs: 600, pingMs: 100, retryMaxMs: 100 }
const buses = 4
const namesAtOnce = 100
/** In each of so many rounds one bus is cut off. */
const cutEvery = 4

export const ownerRaces: Experiment = {
  name: 'owner-races',
  promise:
    'whoever asks for a name at once: one owns it at a time, tokens grow, no former owner writes',
  times: 10_000,
  async play({ times: races, random }) {
    await using redis = await startRedis()
    await using stage = await openStage(redis, random)
    const { ledger } = stage
    for (let round = 0; ledger.races < races; round++) {
      const names = Array.from(
        { length: Math.min(namesAtOnce, races - ledger.races) },
        (_, nth) => `name-${nth}`,
      )
      await stage.race(names)
      if (round % cutEvery === cutEvery - 1) await stage.cutOff(names)
      await stage.giveUp(names)
    }
    await stage.readStreams()
    return {
      rows: [
        ['races of four buses for one name', ledger.races],
        ['answers: owner / told who is', `${ledger.own} / ${ledger.others}`],
        ['names lost with their lease', ledger.lapses],
        ['owners at once, at most', ledger.mostAtOnce],
        ['writes accepted', ledger.accepted],
        ['writes of former owners: tried / refused / not answered / accepted', ledger.former],
        ['from the cut until another owns, at a lease of 600 ms', spreadOf(ledger.reownedMs)],
      ],
      broken: ledger.broken,
      late: atMost(times.leaseMs + 1_000, ledger.reownedMs, 'another owner'),
    }
  },
}

/** Who holds what, as the buses themselves believe. */
class Ledger {
  races = 0
  own = 0
  others = 0
  lapses = 0
  mostAtOnce = 0
  accepted = 0
  formerTried = 0
  formerRefused = 0
  formerLost = 0
  formerAccepted = 0
  readonly reownedMs: number[] = []
  readonly broken: string[] = []
  /** Per name: those that believe to own it. */
  readonly #holders = new Map<string, Map<Peer, number>>()
  readonly #newest = new Map<string, number>()

  get former(): string {
    return [this.formerTried, this.formerRefused, this.formerLost, this.formerAccepted].join(' / ')
  }

  /** The tokens that this peer holds. */
  tokenOf(name: string, peer: Peer): number | undefined {
    return this.#holders.get(name)?.get(peer)
  }

  newest(name: string): number {
    return this.#newest.get(name) ?? 0
  }

  granted(name: string, peer: Peer, token: number): void {
    const holders = this.#holders.get(name) ?? new Map<Peer, number>()
    this.#holders.set(name, holders)
    if (holders.get(peer) === token) return
    if (token <= this.newest(name))
      this.broken.push(`${name}: token ${token} after ${this.newest(name)}`)
    this.#newest.set(name, token)
    holders.set(peer, token)
    this.mostAtOnce = Math.max(this.mostAtOnce, holders.size)
    if (holders.size > 1) {
      const who = [...holders.keys()].map((each) => each.name).join(' and ')
      this.broken.push(`${name}: owned by ${who} at once`)
    }
  }

  ended(name: string, peer: Peer): void {
    this.#holders.get(name)?.delete(peer)
  }
}

async function openStage(redis: RedisServer, random: () => number): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const ledger = new Ledger()
  const prefix = ownPrefix()
  const members: { peer: Peer; proxy: RedisProxy }[] = []
  for (let nth = 0; nth < buses; nth++) {
    const proxy = stack.use(await startProxy(redis.port))
    const peer = stack.use(
      new Peer(`bus-${nth}`, new Story(), { ...times, url: proxy.url, prefix }),
    )
    peer.onDisowned = (name) => ledger.ended(name, peer)
    members.push({ peer, proxy })
  }
  await Promise.all(members.map(({ peer }) => peer.up()))
  return new Stage(members, ledger, random, stack.move())
}

class Stage implements AsyncDisposable {
  readonly ledger: Ledger
  readonly #members: readonly { peer: Peer; proxy: RedisProxy }[]
  readonly #random: () => number
  readonly #stack: AsyncDisposableStack

  constructor(
    members: readonly { peer: Peer; proxy: RedisProxy }[],
    ledger: Ledger,
    random: () => number,
    stack: AsyncDisposableStack,
  ) {
    this.#members = members
    this.ledger = ledger
    this.#random = random
    this.#stack = stack
  }

  /** Everybody asks for each name, in any order; whoever owns it writes. */
  async race(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.flatMap((name) =>
        this.#members.map(async ({ peer }) => {
          await sleep(this.#random() * 20)
          await this.#ask(peer, name)
          await this.#write(peer, name)
        }),
      ),
    )
    this.ledger.races += names.length
  }

  /** One of them loses its way to Redis for longer than its lease, and the others take what it owned. */
  async cutOff(names: readonly string[]): Promise<void> {
    const victim = oneOf(this.#members, this.#random)
    const { peer, proxy } = victim
    const others = this.#members.filter((each) => each !== victim)
    const lost = names.filter((name) => this.ledger.tokenOf(name, peer) !== undefined)
    const tokens = new Map(lost.map((name) => [name, this.ledger.tokenOf(name, peer)!]))
    const cutAt = performance.now()
    proxy.blackHole()
    // On their way when the way ends: they arrive when others own.
    const late = lost.map((name) => this.#writeLate(peer, name, tokens.get(name)!))
    await Promise.all(
      lost.map(async (name) => {
        const heir = oneOf(others, this.#random).peer
        while (performance.now() - cutAt < 10_000) {
          await this.#ask(heir, name)
          if (this.ledger.newest(name) !== tokens.get(name)) break
          await sleep(10)
        }
        this.ledger.reownedMs.push(performance.now() - cutAt)
        await this.#write(heir, name)
      }),
    )
    this.ledger.lapses += lost.length
    await proxy.pass()
    await Promise.all(late)
    await peer.up()
    // And once more, on a link that is well.
    const again = lost.map(async (name) => {
      while ((await this.#writeLate(peer, name, tokens.get(name)!)) === 'lost') await sleep(50)
    })
    await Promise.all(again)
  }

  /** Most owners give up what they own; the rest is theirs in the next race. */
  async giveUp(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.flatMap((name) =>
        this.#members.map(async ({ peer }) => {
          if (this.ledger.tokenOf(name, peer) === undefined || this.#random() < 0.2) return
          this.ledger.ended(name, peer)
          await peer.bus.disown(name)
        }),
      ),
    )
  }

  /** Tokens in the order of each stream. */
  async readStreams(): Promise<void> {
    const { peer } = this.#members[0]!
    for (let nth = 0; nth < namesAtOnce; nth++) {
      const { publications } = await peer.bus.history(`name-${nth}`, {}, kept)
      let newest = 0
      for (const { data } of publications) {
        const token = Number(data)
        if (token < newest) {
          this.ledger.formerAccepted++
          this.ledger.broken.push(`name-${nth}: a write with ${token} after one with ${newest}`)
        }
        newest = Math.max(newest, token)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }

  async #ask(peer: Peer, name: string): Promise<void> {
    try {
      const { own, token } = await peer.bus.own(name)
      if (own) {
        this.ledger.own++
        this.ledger.granted(name, peer, token)
      } else this.ledger.others++
    } catch (error) {
      if (codeOf(error) !== 'not_available') throw error
    }
  }

  /** What it owns. */
  async #write(peer: Peer, name: string): Promise<void> {
    const token = this.ledger.tokenOf(name, peer)
    if (token === undefined) return
    await peer.bus.publish(name, String(token), { history: kept, fence: token })
    this.ledger.accepted++
  }

  /** What it owns no longer, when this arrives. What is accepted after all, the streams show. */
  async #writeLate(peer: Peer, name: string, token: number): Promise<'settled' | 'lost'> {
    this.ledger.formerTried++
    try {
      await peer.bus.publish(name, String(token), { history: kept, fence: token })
      return 'settled'
    } catch (error) {
      if (codeOf(error) === 'owner_fenced') {
        this.ledger.formerRefused++
        return 'settled'
      }
      this.ledger.formerLost++
      return 'lost'
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof SluiceError ? error.code : undefined
}
