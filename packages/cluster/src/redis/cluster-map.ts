// Which primary of a Redis Cluster serves which slot. Pure.
//
//   CLUSTER NODES of each node asked ─▶ claims ─▶ for each slot the one with the highest epoch: what the nodes will agree on
//   CLUSTER SLOTS                    ─▶ under which address clients are to reach a node

import type { Address } from './sentinels.ts'

export const clusterSlots = 16_384

/** What one node knows of a primary. */
export interface Claim {
  readonly address: string
  /** Of two claims to a slot, the one with the higher epoch is the later one. */
  readonly epoch: number
  /** First and last, both included. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** What one node knows of the cluster. */
export interface View {
  readonly claims: readonly Claim[]
  /** Every node, replicas included: who can be asked. */
  readonly nodes: readonly string[]
}

export interface ClusterMap {
  /** The address of the primary of each slot; undefined for a slot that nobody serves. */
  readonly owners: readonly (string | undefined)[]
  readonly nodes: readonly string[]
}

/** Reads what a node answered to CLUSTER NODES and CLUSTER SLOTS; `asked` is how it was reached. */
export function parseView(nodes: string, slots: unknown, asked: Address): View {
  const endpoints = endpointsOf(slots, asked)
  const claims: Claim[] = []
  const known: string[] = []
  for (const line of nodes.split('\n')) {
    const [id = '', at = '', flags = '', , , , epoch, , ...ranges] = line.trim().split(' ')
    const address = endpoints.get(id) ?? addressOf(at, asked)
    if (address === undefined) continue
    known.push(address)
    if (!flags.split(',').includes('master')) continue
    claims.push({ address, epoch: Number(epoch), ranges: ranges.flatMap(rangeOf) })
  }
  return { claims: claims.filter((claim) => claim.ranges.length > 0), nodes: known }
}

/** What several nodes know, put together: one that has not heard of a change yet does not undo it. */
export function mergeViews(views: readonly View[]): ClusterMap {
  const owners = Array.from<string | undefined>({ length: clusterSlots })
  const epochs = new Float64Array(clusterSlots).fill(-1)
  for (const { address, epoch, ranges } of views.flatMap(({ claims }) => claims)) {
    for (const [from, to] of ranges) {
      for (let slot = from; slot <= to; slot++) {
        if (epoch <= epochs[slot]!) continue
        epochs[slot] = epoch
        owners[slot] = address
      }
    }
  }
  return { owners, nodes: [...new Set(views.flatMap((view) => view.nodes))] }
}

export function parseAddress(address: string): Address {
  const at = address.lastIndexOf(':')
  return {
    host: address.slice(0, at).replaceAll(/[[\]]/g, ''),
    port: Number(address.slice(at + 1)),
  }
}

/** Node id → address. An endpoint that is not told is the one that was asked; `?` is a name that is not known. */
function endpointsOf(slots: unknown, { host }: Address): Map<string, string> {
  const endpoints = new Map<string, string>()
  if (!Array.isArray(slots)) return endpoints
  for (const [, , ...nodes] of slots as [number, number, ...[string | null, number, string][]][]) {
    for (const [endpoint, port, id] of nodes) {
      if (endpoint !== '?') endpoints.set(id, `${endpoint || host}:${port}`)
    }
  }
  return endpoints
}

/** `ip:port@bus-port,hostname`; a node that does not know its own address leaves the ip out. */
function addressOf(at: string, { host }: Address): string | undefined {
  const found = /^(.*):(\d+)(?:@|$)/.exec(at)
  if (found === null || found[2] === '0') return undefined
  return `${found[1] || host}:${found[2]}`
}

/** `7`, `0-5460`; slots on their way to another node, in brackets, are told by their numbers too. */
function rangeOf(text: string): [number, number][] {
  const found = /^(\d+)(?:-(\d+))?$/.exec(text)
  if (found === null) return []
  const from = Number(found[1])
  const to = Number(found[2] ?? from)
  return to < clusterSlots ? [[from, to]] : []
}
