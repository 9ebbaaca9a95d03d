// The scenes, each with what its dump alone must tell.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitGraph } from '@sluice/core'
import { startRedis, until } from '@sluice/test-support'
import { startProxy } from '../cluster/proxy.ts'
import { startGateway } from '../gateway.ts'
import { openRaw } from '../raw.ts'
import { archived, behaving, call, dumpWhen, member, type Scene } from './scene.ts'

const redis: Scene = {
  name: 'redis',
  story: 'nobody gets into a room: Redis takes connections and does not answer',
  play: async () => {
    await using server = await startRedis()
    await using proxy = await startProxy(server.port)
    await using gateway = await startGateway({
      config: {
        insecure: true,
        log: { level: 'fatal' },
        redis: proxy.url,
        rooms: { default: { history: { size: 10, ttl: '1m' } } },
      },
    })
    await until(async () => (await fetch(`${gateway.client}/ready`)).ok, { what: 'it is ready' })
    const client = await openRaw(gateway.client)
    await client.call('connect', {})
    proxy.blackHole()
    client.call('subscribe', { channel: 'lobby', recover: true }).catch(() => undefined)
    const dump = await dumpWhen(gateway, 'a room waits for Redis', ({ actors }) =>
      actors.some(({ wait }) => wait?.class === 'redis'),
    )
    await proxy.pass()
    client.socket.destroy()
    return dump
  },
  tells: [/^1 × room \[waiting: redis subscribe\]/m, /^network: 1 /m],
}

const deadlock: Scene = {
  name: 'deadlock',
  story: 'calls of one room time out: two actors ask each other, and neither can answer first',
  play: async () => {
    const name = 'asks-in-circles'
    await using gateway = await startGateway({ config: behaving(name) })
    const client = await member(gateway, name)
    call(client, name, { timeoutMs: 60_000 })
    const dump = await dumpWhen(gateway, 'both have waited for a second', (seen) =>
      waitGraph(seen).cycles.some(({ ms }) => ms > 1_100),
    )
    client.socket.destroy()
    return dump
  },
  tells: [
    /^1 × asks-in-circles \[waiting: ask mirror\]/m,
    /^1 × mirror \[waiting: ask asks-in-circles\]/m,
    /deadlock/,
  ],
}

const slowPeer: Scene = {
  name: 'slow-peer',
  story: 'memory grows: a client is connected and does not read',
  play: async () => {
    await using gateway = await startGateway({
      config: {
        insecure: true,
        log: { level: 'fatal' },
        limits: { broadcastDeadlineMs: '60s', maxQueueBytes: 8_388_608 },
      },
    })
    const client = await openRaw(gateway.client)
    await client.call('connect', {})
    await client.call('subscribe', { channel: 'news' })
    client.stopReading()
    const large = 'x'.repeat(60_000)
    await until(
      async () => {
        await gateway.api('publish', { channel: 'news', data: large })
        const { waits_socket: waiting, queue_bytes: bytes } = await gateway.vars()
        return waiting === 1 && Number(bytes) > 1_000_000
      },
      { what: 'it is behind', deadlineMs: 30_000 },
    )
    const dump = await dumpWhen(gateway, 'it has been behind for a while', ({ actors }) =>
      actors.some(({ wait }) => wait?.class === 'socket' && wait.ms > 500),
    )
    client.socket.destroy()
    return dump
  },
  tells: [
    /^1 × connection \[waiting: socket peer\]/m,
    /^network: 1 /m,
    /1 peer does not read fast enough/,
  ],
}

const busy: Scene = {
  name: 'busy',
  story: 'the node answers nobody: a handler spins, and never lets go',
  play: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-busy-'))
    try {
      await using gateway = await startGateway({
        config: behaving('busy'),
        env: { SLUICE_DUMPS_DIR: folder },
      })
      const client = await member(gateway, 'busy')
      const answer = await client.call('rpc', {
        method: 'busy',
        data: { room: 'busy:1', folder },
      })
      if (!JSON.stringify(answer).includes('"found":true')) {
        throw new Error('there was no dump while the loop was stuck')
      }
      const dump = await archived(folder, 'stall')
      client.socket.destroy()
      return dump
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  tells: [
    /spinUntilThereIsADump .*busy\.ts:\d+/,
    /^1 × busy \[running\]/m,
    /holds the loop|stalled|stood/i,
  ],
}

const clings: Scene = {
  name: 'clings',
  story: 'a room that was closed is still there: its child does not stop',
  play: async () => {
    await using gateway = await startGateway({ config: behaving('clings') })
    const client = await member(gateway, 'clings')
    const [owner] = (await gateway.actors()).actors.filter(({ behavior }) => behavior === 'clings')
    await fetch(`${gateway.admin}/debug/actors/${owner!.id}/end?reason=closed`, { method: 'POST' })
    const dump = await dumpWhen(gateway, 'its child is told to stop, and does not', ({ actors }) =>
      actors.some(({ behavior, endedMs = 0 }) => behavior === 'clinging' && endedMs > 1_000),
    )
    client.socket.destroy()
    return dump
  },
  tells: [
    /^clinging \S+ \[.*\n[^]*?^ {4}ending: .*clings \S+: closed/m,
    /^1 × clinging \[waiting: promise\]/m,
  ],
}

const timers: Scene = {
  name: 'timers',
  story: 'timers grow and grow: a handler sets one for each call, and takes none back',
  play: async () => {
    await using gateway = await startGateway({ config: behaving('leaks-timers') })
    const client = await member(gateway, 'leaks-timers')
    call(client, 'leaks-timers', { timers: 1_500 })
    const dump = await dumpWhen(gateway, 'it has its timers', ({ actors }) =>
      actors.some(({ timers: set = 0 }) => set >= 1_500),
    )
    client.socket.destroy()
    return dump
  },
  tells: [/leaks-timers \S+ .*1,500 timers/],
}

const spawns: Scene = {
  name: 'spawns',
  story: 'a thousand actors nobody knows: one line of one handler spawned them all',
  play: async () => {
    await using gateway = await startGateway({ config: behaving('spawns-many') })
    const client = await member(gateway, 'spawns-many')
    call(client, 'spawns-many', { children: 1_000 })
    const dump = await dumpWhen(gateway, 'they are there', ({ total }) => total > 1_000)
    client.socket.destroy()
    return dump
  },
  tells: [
    /^1000 × worker \[idle\].*\n {4}spawned by spawns-many on rpc +at spawns-many\.ts:\d+/m,
    /1,000 actors by one line/,
  ],
}

export const scenes: readonly Scene[] = [redis, deadlock, slowPeer, busy, clings, timers, spawns]
