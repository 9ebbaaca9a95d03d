// What a node tells the owner of a room about its own members: all of them at first and after every doubt, then each change, in
// order, one report under way at a time.
//
//   joined, left ─▶ changes ─▶ report ─▶ owner          a report that failed: all of them anew, a second later
//                                                       nothing changes: an empty one, as a sign of life

import type { ClientInfo } from '@sluice/cluster'
import { SluiceError, type Timer } from '@sluice/core'
import type { Services } from '../services.ts'
import type { Change, RemoteAnswer, RemoteQuestion, Report } from './remote.ts'

/** What reports need of the room they are about. */
export interface ReportSource {
  readonly room: string
  /** The members on this node. */
  readonly members: () => ClientInfo[]
  /** The node to tell; undefined when it is this one, which needs no reports. */
  readonly locate: () => Promise<string | undefined>
  readonly ask: (node: string, question: RemoteQuestion) => Promise<RemoteAnswer>
  /** That node did not take the report: whose the room is must be asked anew. */
  readonly lost: (node: string) => void
}

/** Clients in one report. */
const batch = 256
/** Changes that wait; with more, it is simpler to tell all. */
const maxChanges = 4_096
const retryMs = 1_000
const goneMs = 50
/** A node that tells nothing for three of these has no members any more. */
export const pulseMs = 5_000

export class Reports {
  readonly #services: Services
  readonly #source: ReportSource
  #changes: Change[] = []
  /** All members must be told. */
  #all = true
  /** A report is due although nothing changed. */
  #pulse = false
  /** The node that knows of our members. */
  #told = ''
  #running: Promise<void> | undefined = undefined
  #timer: Timer | undefined = undefined
  #closed = false

  constructor(services: Services, source: ReportSource) {
    this.#services = services
    this.#source = source
  }

  add(change: Change): void {
    if (this.#changes.length < maxChanges) this.#changes.push(change)
    else this.#all = true
    this.#run()
  }

  /** The owner changed, or may have: it is told all. */
  restart(): void {
    this.#all = true
    this.#run()
  }

  /** Settles when what was told so far has arrived, or could not. Never rejects. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** The room is over here: nobody is in it any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#timer !== undefined) this.#services.system.wheel.cancel(this.#timer)
    const { room, ask } = this.#source
    if (this.#told === '') return
    const nobody = { first: true, last: true, changes: [] }
    this.#services.follow('ask', room, ask(this.#told, { type: 'members', room, ...nobody }))
  }

  #run(): void {
    if (this.#running !== undefined || this.#closed) return
    if (this.#told === '' && this.#source.members().length === 0) {
      this.#changes = []
      return
    }
    this.#running = this.#tell()
      .catch((error: unknown) => {
        this.#services.report('ask', this.#source.room, error)
        // Who owned the room is gone, so that it has another owner, or may have.
        return error instanceof SluiceError && error.code === 'actor_dead' ? 'gone' : false
      })
      .then((done) => {
        this.#running = undefined
        this.#wait(done === 'gone' ? goneMs : done ? pulseMs : retryMs)
        // What was added between the last look and now.
        if (done === true && this.#changes.length > 0) this.#run()
      })
  }

  /** Tells what there is to tell; false when it did not arrive. */
  async #tell(): Promise<boolean> {
    const { locate, lost, members } = this.#source
    while (!this.#closed && (this.#all || this.#pulse || this.#changes.length > 0)) {
      // oxlint-disable-next-line no-await-in-loop -- one report after the other
      const owner = await locate()
      if (owner === undefined || this.#closed) {
        this.#rest()
        return true
      }
      if (owner !== this.#told) {
        this.#all = true
        if (members().length === 0) {
          this.#rest()
          return true
        }
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      const taken = this.#all ? await this.#tellAll(owner) : await this.#tellChanges(owner)
      if (taken === 'again') continue
      if (taken !== 'done') {
        this.#all = true
        lost(owner)
        return false
      }
    }
    return true
  }

  async #tellAll(owner: string): Promise<RemoteAnswer['type']> {
    this.#all = false
    this.#pulse = false
    this.#changes = []
    this.#told = owner
    const clients = this.#source.members()
    for (let at = 0; at === 0 || at < clients.length; at += batch) {
      const changes = clients
        .slice(at, at + batch)
        .map((client) => ({ type: 'joined' as const, client }))
      const report = { first: at === 0, last: at + batch >= clients.length, changes }
      // oxlint-disable-next-line no-await-in-loop -- in order
      const taken = await this.#send(owner, report)
      // Also when it is to be told again: a node that cannot keep the first part will not keep the next.
      if (taken !== 'done') return taken === 'again' ? 'elsewhere' : taken
    }
    return 'done'
  }

  async #tellChanges(owner: string): Promise<RemoteAnswer['type']> {
    this.#pulse = false
    const changes = this.#changes.splice(0, batch)
    const taken = await this.#send(owner, { first: false, last: false, changes })
    if (taken === 'again') this.#all = true
    return taken
  }

  async #send(owner: string, report: Report): Promise<RemoteAnswer['type']> {
    const { room, ask, lost } = this.#source
    try {
      return (await ask(owner, { type: 'members', room, ...report })).type
    } catch (error) {
      this.#all = true
      lost(owner)
      throw error
    }
  }

  #rest(): void {
    this.#all = true
    this.#pulse = false
    this.#changes = []
    this.#told = ''
  }

  #wait(ms: number): void {
    if (this.#closed || (this.#told === '' && this.#source.members().length === 0)) return
    const { wheel, context } = this.#services.system
    if (context.ended) return
    if (this.#timer === undefined) this.#timer = wheel.add(ms, pulse, this)
    else wheel.reset(this.#timer, ms)
  }

  /** It is time to tell something. */
  pulse(): void {
    this.#pulse = true
    this.#run()
  }
}

function pulse(reports: Reports): void {
  reports.pulse()
}
