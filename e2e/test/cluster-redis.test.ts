// The Redis servers of the chaos tests do what their tests rely on.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startRedis, startSentinels } from '../support/cluster/redis.ts'
import { isRunning } from '../support/processes.ts'
import { until } from '../support/until.ts'

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
  await until(() => /^State:\tT/m.test(statusOf(server.pid)), { what: 'the server is stopped' })
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
}, 60_000)

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1')
}
