// Redis servers do what tests rely on.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readlinkSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import {
  isRunning,
  startRedis,
  startRedisCluster,
  startSentinels,
  stateOf,
  until,
} from '../src/index.ts'

const folderOf = (pid: number): string => readlinkSync(`/proc/${pid}/cwd`)

test('a server is empty, and leaves nothing behind', async () => {
  let pid: number
  let folder: string
  {
    await using server = await startRedis()
    pid = server.pid
    folder = folderOf(pid)
    expect(await server.admin.dbsize()).toBe(0)
    expect(existsSync(folder)).toBe(true)
  }
  expect(isRunning(pid)).toBe(false)
  expect(existsSync(folder)).toBe(false)
})

test('a server that cannot start says why', async () => {
  await expect(startRedis({ args: ['--no-such-option', 'yes'] })).rejects.toThrow(/no-such-option/)
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'a server ends with its parent, its folder too: %s, even while it is paused',
  async (signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const pid = Number(String((await once(parent.stdout, 'data'))[0]))
    const folder = folderOf(pid)
    await until(() => stateOf(pid) === 'T', { what: 'the server is stopped' })
    parent.kill(signal)
    const gone = (): boolean => !isRunning(pid) && !existsSync(folder)
    await expect.poll(gone, { timeout: 30_000 }).toBe(true)
  },
)

const owner = `
  import { startRedis } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
  const server = await startRedis()
  server.pause()
  console.log(server.pid)`

test('a server that is restarted is empty, on the same port', async () => {
  await using server = await startRedis()
  const { port, pid } = server
  await server.admin.set('key', 'value')
  await server.restart()
  expect(server.port).toBe(port)
  expect(server.pid).not.toBe(pid)
  expect(await server.admin.get('key')).toBeNull()
})

test('a paused server answers nothing until it goes on', async () => {
  await using server = await startRedis()
  expect(await server.admin.ping()).toBe('PONG')
  server.pause()
  let answered = false
  const answer = server.admin.ping().then((said) => {
    answered = true
    return said
  })
  await until(() => stateOf(server.pid) === 'T', { what: 'the server is stopped' })
  expect(answered).toBe(false)
  server.resume()
  expect(await answer).toBe('PONG')
})

test('a replica gets what its primary gets', async () => {
  await using primary = await startRedis()
  await using replica = await startRedis({ replicaOf: primary })
  await primary.admin.set('key', 'value')
  expect(await primary.admin.wait(1, 5_000)).toBe(1)
  expect(await replica.admin.get('key')).toBe('value')
  await expect(replica.admin.set('key', 'other')).rejects.toThrow('READONLY')
})

test('when the primary dies, the Sentinels agree on the replica', async () => {
  let pids: number[]
  {
    await using trio = await startSentinels()
    const [first, second] = trio.servers
    pids = [first.pid, second.pid]
    expect(await trio.primary()).toBe(first)
    await first.admin.set('key', 'value')
    expect(await first.admin.wait(1, 5_000)).toBe(1)
    const switched = trio.switched()
    await first.kill()
    expect(await switched).toBe(second)
    expect(await trio.primary()).toBe(second)
    expect(await second.admin.get('key')).toBe('value')
    expect(await second.admin.set('key', 'other')).toBe('OK')
  }
  expect(pids.filter(isRunning)).toEqual([])
})

test('a cluster keeps each key at one primary, and moves slots with what is in them', async () => {
  await using cluster = await startRedisCluster({ replicas: true })
  const { primaries, replicas } = cluster
  const from = cluster.primaryOf('key')
  const to = primaries.find((node) => node !== from)!
  await from.admin.set('key', 'value')
  await expect(to.admin.get('key')).rejects.toThrow('MOVED')
  const slot = await from.admin.cluster('KEYSLOT', 'key')
  await cluster.move(slot, from, to)
  expect(await to.admin.get('key')).toBe('value')
  await expect(from.admin.get('key')).rejects.toThrow('MOVED')
  expect(await Promise.all(replicas.map(async ({ admin }) => (await admin.role())[0]))).toEqual([
    'slave',
    'slave',
    'slave',
  ])
})
