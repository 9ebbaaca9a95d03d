// What else goes wrong in a cluster that somebody looks at: on one node, things that last; and one node that answers nobody,
// because it is frozen or because a handler holds its loop.

import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@sluice/test-support'
import type { ClusterNode } from '../cluster/nodes.ts'
import type { Gateway } from '../gateway.ts'
import type { RawClient } from '../raw.ts'
import { call, dumpWhen, member } from '../seeing/scene.ts'
import type { TroubledCluster } from './scenes.ts'

/** The behaviours that this needs. */
export const troubling = ['stalls', 'leaks-timers', 'spawns-many', 'clings', 'floods', 'busy']

/** A handler that stalls, timers and children without end, a child that does not stop. Resolves when all are there. */
export async function stirUp(gateway: Gateway): Promise<AsyncDisposable> {
  const clients: RawClient[] = []
  for (const name of ['stalls', 'leaks-timers', 'spawns-many', 'clings'])
    clients.push(await member(gateway, name))
  const [stalls, timers, spawns] = clients
  call(timers!, 'leaks-timers', { timers: 1_500 })
  call(spawns!, 'spawns-many', { children: 1_000 })
  // Given up after two seconds, and called again.
  const stall = (): void => call(stalls!, 'stalls', { how: 'named' })
  const stalling = setInterval(stall, 2_500)
  stall()
  await endOne(gateway, 'clings')
  await dumpWhen(gateway, 'all of it goes wrong', ({ actors }) =>
    ['worker', 'clinging'].every((name) => actors.some(({ behavior }) => behavior === name)),
  )
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(stalling)
      for (const { socket } of clients) socket.destroy()
    },
  }
}

/** A room that tells itself more and more, until it is disposed of. */
export async function flood(gateway: Gateway): Promise<AsyncDisposable> {
  const client = await member(gateway, 'floods')
  call(client, 'floods')
  return {
    async [Symbol.asyncDispose]() {
      await endOne(gateway, 'floods')
      client.socket.destroy()
    },
  }
}

/** Ends the actor of a behaviour, as an operator does. */
async function endOne(gateway: Gateway, name: string): Promise<void> {
  const { actors } = await gateway.actors()
  const { id } = actors.find(({ behavior }) => behavior === name)!
  await fetch(`${gateway.admin}/debug/actors/${id}/end?reason=enough`, { method: 'POST' })
}

/** SIGSTOP, until it is disposed of. */
export function freeze(node: ClusterNode): AsyncDisposable {
  node.pause()
  return {
    async [Symbol.asyncDispose]() {
      node.resume()
    },
  }
}

/** A handler spins, until it is disposed of. It looks for the word in the folder, which stays. */
export async function keepBusy(gateway: Gateway, within: string): Promise<AsyncDisposable> {
  const client = await member(gateway, 'busy')
  const folder = await mkdtemp(join(within, 'busy-'))
  const spinning = client.call('rpc', { method: 'busy', data: { room: 'busy:1', folder } })
  return {
    async [Symbol.asyncDispose]() {
      // What it spins for.
      await writeFile(join(folder, 'enough-stall.json.gz'), '')
      await spinning.catch(() => undefined)
      client.socket.destroy()
    },
  }
}

/** Resolves when the first node hears all the others again. */
export async function becomesWhole({ first, nodes }: TroubledCluster): Promise<void> {
  await until(
    async () => {
      const response = await fetch(`${first.admin}/debug/nodes`)
      const { nodes: heard } = (await response.json()) as { nodes: readonly unknown[] }
      return heard.length === nodes.all.length
    },
    { what: 'all nodes answer', deadlineMs: 60_000 },
  )
}
