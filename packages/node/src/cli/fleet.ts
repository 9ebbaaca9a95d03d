// Several nodes of one command: started together, restarted alone, ended together.
//
//   plans ─▶ member × n ─ all ready ─▶ running ─ SIGTERM to each ─▶ drained
//                │ one ends before           │ one dies: again after a wait
//                ▼                           ▼ budget spent
//            not started                 done, with a fault

import type { Logger } from '../log.ts'
import { startMember, type Member, type MemberPlan, type MemberUrls } from './member.ts'
import { RestartBudget } from './restart-budget.ts'

export interface FleetOptions {
  plans: readonly MemberPlan[]
  print: (line: string) => void
  log: Logger
}

/** A node that ended instead of being ready. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'
  /** What the command should end with: 2 when the node said that its usage or configuration is wrong. */
  readonly exitCode: number

  constructor(node: string, exitCode: number) {
    super(`${node} did not start; its last lines say why`)
    this.exitCode = exitCode
  }
}

/** The processes of one command. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #budget = new RestartBudget()
  readonly #members = new Map<string, Member>()
  readonly #waits = new Set<NodeJS.Timeout>()
  readonly #done = Promise.withResolvers<{ ok: boolean; reason: string }>()
  #ending = false

  constructor(options: FleetOptions) {
    this.#options = options
    // Whatever ends this process short of SIGKILL takes them along; after SIGKILL they notice by themselves.
    process.once('exit', () => this.kill())
  }

  /** Settles when the fleet has ended, because it was drained (`ok`) or because too many nodes died. */
  get done(): Promise<{ ok: boolean; reason: string }> {
    return this.#done.promise
  }

  /** Starts every node; resolves with where each listens, in their order, when all are ready. */
  async start(): Promise<MemberUrls[]> {
    const { plans } = this.#options
    const all = await Promise.all(
      plans.map(async (plan) => {
        const member = this.#launch(plan)
        const urls = await member.ready
        if (urls === undefined) {
          const { code } = await member.ended
          throw new NotStarted(plan.name, code === 2 ? 2 : 1)
        }
        return urls
      }),
    ).catch(async (error: unknown) => {
      await this.drain()
      throw error
    })
    // Only now: what dies while the others start is a mistake to be told, not an accident to be mended.
    for (const plan of plans) this.#watch(plan)
    return all
  }

  /** Sends SIGTERM to every node and waits until the last has ended. */
  async drain(): Promise<void> {
    await this.#end()
    this.#done.resolve({ ok: true, reason: 'drained' })
  }

  /** Drains, and is done with a fault: what is left could not do its work. */
  async giveUp(reason: string): Promise<void> {
    await this.#end()
    this.#done.resolve({ ok: false, reason })
  }

  /** Ends every node at once. */
  kill(): void {
    this.#ending = true
    for (const member of this.#members.values()) member.kill('SIGKILL')
  }

  async #end(): Promise<void> {
    this.#ending = true
    for (const wait of this.#waits) clearTimeout(wait)
    for (const member of this.#members.values()) member.kill('SIGTERM')
    await Promise.all([...this.#members.values()].map(({ ended }) => ended))
  }

  #launch(plan: MemberPlan): Member {
    const member = startMember(plan, this.#options.print)
    this.#members.set(plan.name, member)
    return member
  }

  #watch(plan: MemberPlan): void {
    const member = this.#members.get(plan.name)
    void member?.ended.then((exit) => {
      if (this.#ending) return
      const waitMs = this.#budget.take(performance.now())
      if (waitMs === undefined) {
        this.#options.log.fatal({ died: plan.name, ...exit }, 'node.died too often')
        void this.giveUp(`${plan.name} died, and too many before it`)
        return
      }
      this.#options.log.warn({ died: plan.name, ...exit, waitMs }, 'node.died')
      const wait = setTimeout(() => {
        this.#waits.delete(wait)
        void this.#restart(plan)
      }, waitMs)
      this.#waits.add(wait)
    })
  }

  async #restart(plan: MemberPlan): Promise<void> {
    const member = this.#launch(plan)
    this.#watch(plan)
    const urls = await member.ready
    if (urls !== undefined) this.#options.print(formatRow(plan.name, urls, member.pid))
  }

  /** The lines that say where each node listens. */
  table(urls: readonly MemberUrls[]): string[] {
    return this.#options.plans.map(({ name }, index) =>
      formatRow(name, urls[index] ?? { client: '-', admin: '-' }, this.#members.get(name)?.pid),
    )
  }
}

/** One node's line of the table. Blanks around the URLs, so that each can be cut out or clicked. */
export function formatRow(
  name: string,
  { client, admin }: MemberUrls,
  pid: number | undefined,
): string {
  return `${name}  client ${client}  admin ${admin}  pid ${pid ?? '-'}`
}
