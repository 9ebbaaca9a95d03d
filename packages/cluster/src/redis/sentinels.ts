// Which server is the primary, as the Sentinels say: looked up for every connection, and asked again while it lasts.
//
//   ask ─▶ each Sentinel of the URL ─▶ (epoch, address) from each that answers in time ─▶ the newest holds
//
// Sentinels name another primary only under a new epoch, which a majority of them must have granted to one of them. So nobody
// has to count here: the highest epoch is what holds, however few know it yet, and Sentinels that do not answer end
// nothing. Epochs are compared and never addresses: one Sentinel may say a name where another says a number, and what
// either says may be translated on the way.

import type { Clock } from '@sluice/core'
import { Redis } from 'ioredis'

export interface Address {
  readonly host: string
  readonly port: number
}

/** What one Sentinel says. */
export interface Saying extends Address {
  /** Of the configuration that the address is from. */
  readonly epoch: number
}

export interface SentinelsOptions {
  addresses: readonly Address[]
  /** Of the primary, as the Sentinels call it. */
  name: string
  clock: Clock
  /** What has not been answered by then is not waited for. */
  timeoutMs: number
}

/** Once most have answered, the others have so much longer: one that is out of reach costs no failover a second. */
const graceMs = 100

/** What holds: the newest epoch; for one epoch, what most say of it, or who is named first. */
export function newestOf(sayings: readonly Saying[]): Saying | undefined {
  let newest: Saying | undefined
  let most = 0
  for (const saying of sayings) {
    const same = sayings.filter((other) => isSame(other, saying)).length
    const newer = newest === undefined || saying.epoch > newest.epoch
    if (!newer && (saying.epoch < newest!.epoch || same <= most)) continue
    newest = saying
    most = same
  }
  return newest
}

export class Sentinels {
  readonly #options: SentinelsOptions
  readonly #lines: readonly Line[]
  readonly #asking = new Set<() => void>()
  #closed = false

  constructor(options: SentinelsOptions) {
    this.#options = options
    this.#lines = options.addresses.map((address) => new Line(address, options))
  }

  /** What those say that answer in time; never rejects. */
  ask(): Promise<readonly Saying[]> {
    const { clock, timeoutMs } = this.#options
    if (this.#closed) return Promise.resolve([])
    return new Promise((resolve) => {
      const said = new Map<number, Saying>()
      let left = this.#lines.length
      const end = (): void => {
        cancel()
        this.#asking.delete(end)
        // In the order of the URL, whoever was the fastest.
        resolve([...said].toSorted(([a], [b]) => a - b).map(([, saying]) => saying))
      }
      let cancel = clock.after(timeoutMs, end)
      this.#asking.add(end)
      const heard = (nth: number, saying: Saying | undefined): void => {
        if (!this.#asking.has(end)) return
        if (saying !== undefined) said.set(nth, saying)
        if (--left === 0) end()
        else if (saying !== undefined && said.size === Math.floor(this.#lines.length / 2) + 1) {
          cancel()
          cancel = clock.after(Math.min(graceMs, timeoutMs), end)
        }
      }
      for (const [nth, line] of this.#lines.entries()) {
        line.ask().then(
          (saying) => heard(nth, saying),
          () => heard(nth, undefined),
        )
      }
    })
  }

  /** Ends every connection, and what is being asked with what is known. */
  close(): void {
    this.#closed = true
    for (const end of this.#asking) end()
    for (const line of this.#lines) line.close()
  }
}

/** The way to one Sentinel: made when it is asked, kept while it answers. */
class Line {
  readonly #address: Address
  readonly #options: SentinelsOptions
  /** When what it has not answered was asked. */
  readonly #waiting = new Set<{ readonly since: number }>()
  #redis: Redis | undefined = undefined

  constructor(address: Address, options: SentinelsOptions) {
    this.#address = address
    this.#options = options
  }

  async ask(): Promise<Saying | undefined> {
    const { name, clock } = this.#options
    const question = { since: clock.now() }
    const redis = this.#open()
    this.#waiting.add(question)
    try {
      // In this order: an address that is newer than its epoch is looked up once more, one that is older would be believed.
      const [fields, address] = await Promise.all([
        redis.call('SENTINEL', 'MASTER', name),
        redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name),
      ])
      return sayingOf(fields, address)
    } finally {
      this.#waiting.delete(question)
    }
  }

  close(): void {
    const redis = this.#redis
    this.#redis = undefined
    this.#waiting.clear()
    redis?.disconnect()
  }

  #open(): Redis {
    const { clock, timeoutMs } = this.#options
    const [oldest] = this.#waiting
    // It has had several times to answer, or to be reached.
    if (oldest !== undefined && clock.now() - oldest.since > 3 * timeoutMs) this.close()
    if (this.#redis !== undefined) return this.#redis
    const redis = new Redis({
      ...this.#address,
      lazyConnect: true,
      connectTimeout: 3 * timeoutMs,
      enableReadyCheck: false,
      disableClientInfo: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: null,
      // Its answers are lists then, whichever version it is of.
      protocol: 2,
    })
    // Who asks hears of it; without a listener an error would end the process.
    redis.on('error', () => {})
    redis.on('end', () => {
      if (this.#redis === redis) this.#redis = undefined
    })
    this.#redis = redis
    return redis
  }
}

function sayingOf(fields: unknown, address: unknown): Saying | undefined {
  if (!Array.isArray(fields) || !Array.isArray(address)) return undefined
  const epoch = Number(fields[fields.indexOf('config-epoch') + 1])
  const [host, port] = address.map(String)
  if (host === undefined || !Number.isSafeInteger(epoch)) return undefined
  return { epoch, host, port: Number(port) }
}

function isSame(one: Saying, other: Saying): boolean {
  return one.epoch === other.epoch && one.host === other.host && one.port === other.port
}
