// A bus in a thread of its own, so that its event loop can be stopped while the rest of this process goes on: the thread's
// own file, and how the process that starts it deals with it.
//
//   start ─▶ ready ─▶ { stallMs } ─▶ stalled … ─▶ { tops } ─▶ whole, with what was heard, lost and told ─▶ end

import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Position } from '@sluice/cluster'
import { within } from './experiment.ts'
import { lineOf, Peer, Story } from './peer.ts'

interface Settings {
  readonly url: string
  readonly prefix: string
  readonly rooms: readonly string[]
  readonly plainRooms: readonly string[]
}

type Command =
  | { type: 'stall'; ms: number }
  | { type: 'reach'; tops: ReadonlyMap<string, Position>; lasts: ReadonlyMap<string, string> }

export interface Report {
  /** Publications of rooms with history: heard one after the other, without a hole. */
  readonly heard: number
  readonly repaired: number
  readonly plainHeard: number
  /** As the bus counted. */
  readonly plainLost: number
  readonly told: number
  /** Why its connections ended. */
  readonly ends: readonly string[]
  /** What the checker found. */
  readonly findings: readonly string[]
}

type Said =
  | { type: 'ready' }
  | { type: 'stalled' }
  | { type: 'reached'; report: Report }
  | { type: 'failed'; why: string }

export class StallingPeer implements AsyncDisposable {
  readonly #worker: Worker

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Resolves when it is in its rooms. */
  static async start(settings: Settings): Promise<StallingPeer> {
    const peer = new StallingPeer(new Worker(new URL(import.meta.url), { workerData: settings }))
    await peer.#hear('ready', 30_000)
    return peer
  }

  /** Its loop stands still for so long. Resolves when it turns again. */
  async stall(ms: number): Promise<void> {
    this.#tell({ type: 'stall', ms })
    await this.#hear('stalled', ms + 30_000)
  }

  /** Resolves when it stands at these places, and heard these messages of rooms without history. */
  async reach(
    tops: ReadonlyMap<string, Position>,
    lasts: ReadonlyMap<string, string> = new Map(),
  ): Promise<Report> {
    this.#tell({ type: 'reach', tops, lasts })
    const { report } = await this.#hear('reached', 60_000)
    return report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #tell(command: Command): void {
    this.#worker.postMessage(command)
  }

  async #hear<Type extends Said['type']>(
    type: Type,
    deadlineMs: number,
  ): Promise<Extract<Said, { type: Type }>> {
    const [said] = (await within(once(this.#worker, 'message'), deadlineMs, type)) as [Said]
    if (said.type !== type) throw new Error(JSON.stringify(said))
    return said as Extract<Said, { type: Type }>
  }
}

async function live(settings: Settings): Promise<void> {
  const { rooms, plainRooms, ...options } = settings
  const say = (said: Said): void => parentPort!.postMessage(said)
  const story = new Story()
  const peer = new Peer('stalls', story, options)
  const ends: string[] = []
  const newest = new Map<string, string>()
  let [heard, repaired] = [0, 0]
  peer.onHeard = () => heard++
  peer.onPlain = (room, id) => newest.set(room, id)
  peer.events.on((event) => {
    if (event.name === 'gap.repaired') repaired += event.messages
    if (event.name === 'link.lost') ends.push(event.why)
  })
  const reach = async (
    tops: ReadonlyMap<string, Position>,
    lasts: ReadonlyMap<string, string>,
  ): Promise<Report> => {
    await peer.hears(() => peer.has(tops), 'all of it')
    // These come by another connection than what was repaired. One that is lost itself hides what it should have shown.
    const hasLasts = (): boolean => [...lasts].every(([room, id]) => newest.get(room) === id)
    if (lasts.size > 0) await peer.hears(hasLasts, 'the last of every room', 10_000).catch(() => {})
    // Who published is not of this thread: only what was heard is judged, one after the other.
    const findings = story.judge().filter(({ kind }) => kind !== 'unexpected')
    peer.begin()
    const [plainHeard, plainLost, told] = [peer.plain.length, peer.lost, peer.told]
    return {
      ...{ heard, repaired, plainHeard, plainLost, told, ends },
      findings: findings.map(lineOf),
    }
  }
  parentPort!.on('message', (command: Command) => {
    if (command.type === 'stall') {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, command.ms)
      say({ type: 'stalled' })
    } else {
      reach(command.tops, command.lasts).then(
        (report) => say({ type: 'reached', report }),
        (error: unknown) => say({ type: 'failed', why: String(error) }),
      )
    }
  })
  await peer.up()
  await peer.enter(rooms, plainRooms)
  say({ type: 'ready' })
}

if (!isMainThread && parentPort !== null) await live(workerData as Settings)
