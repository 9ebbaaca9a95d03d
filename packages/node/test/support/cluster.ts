// Whole nodes of one process on one hub, which are gone when the test that made them is over.

import { type Bus, type BusHost, createMemoryHub } from '@sluice/cluster'
import { onTestFinished } from 'vitest'
import type { RunningNode } from '../../src/node.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { startTestNode } from '../http/harness.ts'

export interface TestCluster {
  readonly nodes: RunningNode[]
  readonly hosts: BusHost[]
  readonly buses: Bus[]
}

/** So many nodes, called node-0 and so on; each as `config` says, or says of it. */
export async function startTestCluster(
  many: number,
  config: NodeConfig | ((at: number) => NodeConfig),
): Promise<TestCluster> {
  const hub = createMemoryHub()
  onTestFinished(() => hub.close())
  const cluster: TestCluster = { nodes: [], hosts: [], buses: [] }
  const createBus = (host: BusHost): Bus => {
    const bus = hub.join(host)
    cluster.hosts.push(host)
    cluster.buses.push(bus)
    return bus
  }
  for (let i = 0; i < many; i++) {
    const own = typeof config === 'function' ? config(i) : config
    // oxlint-disable-next-line no-await-in-loop -- in the order of their names
    cluster.nodes.push(await startTestNode({ ...own, name: `node-${i}` }, { createBus }))
  }
  return cluster
}
