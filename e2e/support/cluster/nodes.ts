// Several gateways, each a process of its own with its own way to Redis, to be killed, stopped, paused and started again.
// A node that comes back is on other ports: ask for its address whenever you connect.

import type { NodeConfig } from '@sluice/node'
import { until } from '@sluice/test-support'
import { apiKey, type Gateway, startGateway } from '../gateway.ts'
import { descendants } from '../processes.ts'

/** Starts as many nodes as there are configurations; resolves when all are ready. */
export async function startNodes(configs: readonly NodeConfig[]): Promise<Nodes> {
  const nodes = new Nodes(configs.map((config) => new ClusterNode(config)))
  try {
    await Promise.all(nodes.all.map((node) => node.start()))
    await Promise.all(nodes.all.map((node) => node.becomesReady()))
    return nodes
  } catch (error) {
    await nodes[Symbol.asyncDispose]()
    throw error
  }
}

export class Nodes implements AsyncDisposable {
  readonly all: readonly ClusterNode[]

  constructor(all: readonly ClusterNode[]) {
    this.all = all
  }

  /** Those that were started and neither killed nor stopped since. A paused one is one of them, as nobody can tell. */
  get running(): ClusterNode[] {
    return this.all.filter((node) => node.gateway !== undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.running.map((node) => node.kill()))
  }
}

export class ClusterNode {
  readonly config: NodeConfig
  #gateway: Gateway | undefined = undefined

  constructor(config: NodeConfig) {
    this.config = config
  }

  /** Absent while it is not there. */
  get gateway(): Gateway | undefined {
    return this.#gateway
  }

  async start(): Promise<void> {
    this.#gateway = await startGateway({ config: { apiKey, ...this.config } })
  }

  /** Resolves when `/ready` is green: it takes clients, and hears the other nodes. */
  async becomesReady(deadlineMs = 20_000): Promise<void> {
    await until(() => this.isReady(), { what: `${this.config.name} is ready`, deadlineMs })
  }

  async isReady(): Promise<boolean> {
    try {
      const { status } = await fetch(`${this.#there().client}/ready`, {
        signal: AbortSignal.timeout(2_000),
      })
      return status === 200
    } catch {
      return false
    }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const gateway = this.#there()
    this.#gateway = undefined
    await gateway.kill()
  }

  /** SIGTERM: it drains. Rejects if it does not end well. */
  async stop(): Promise<void> {
    const gateway = this.#there()
    this.#gateway = undefined
    await gateway.stop()
  }

  /** SIGSTOP: the kernel keeps its sockets, and it does nothing. */
  pause(): void {
    this.#signal('SIGSTOP')
  }

  /** SIGCONT. */
  resume(): void {
    this.#signal('SIGCONT')
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#there()
    for (const each of [pid, ...descendants(pid)]) process.kill(each, signal)
  }

  #there(): Gateway {
    if (this.#gateway === undefined) throw new Error(`${this.config.name} is not there`)
    return this.#gateway
  }
}
