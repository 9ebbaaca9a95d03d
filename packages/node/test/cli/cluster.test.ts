import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning } from '@sluice/test-support'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { planCluster, readCounts } from '../../src/cli/cluster.ts'
import { formatRow } from '../../src/cli/fleet.ts'
import { parseReady } from '../../src/cli/member.ts'
import { readyLine } from '../../src/cli/start.ts'
import { run, start, type Running } from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'sluice-cluster-'))
afterAll(() => rmSync(cwd, { recursive: true }))

let running: Running | undefined
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.finished
  running = undefined
})

describe('the numbers of cluster up', () => {
  test('give each node a client port and an admin port', () => {
    const counts = readCounts({ nodes: '2', port: '9000' })
    expect(counts).toEqual({ nodes: 2, port: 9000, adminPort: 9100 })
  })

  test.each([
    [{ nodes: '0', port: '1' }, /--nodes: expected a whole number from 1 to 64/],
    [{ nodes: 'x', port: '1' }, /--nodes/],
    [{ nodes: '1', port: '65536' }, /--port/],
    [{ nodes: '1', port: '1', adminPort: '-1' }, /--admin-port/],
    [{ nodes: '3', port: '65534', adminPort: '1' }, /no 3 ports/],
    [{ nodes: '3', port: '8000', adminPort: '8002' }, /meet those from 8000/],
  ])('%j are refused', (flags, said) => {
    expect(readCounts(flags)).toMatch(said)
  })

  test('that are wrong end the command with 2', async () => {
    const { code, stdout, stderr } = await run(['cluster', 'up', '--nodes', 'many'], cwd)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--nodes: expected a whole number')
  })
})

describe('the plan of a cluster', () => {
  test('counts ports up, and leaves 0 as it is', () => {
    const args = (port: number): (readonly string[])[] =>
      planCluster({ nodes: 2, port, adminPort: 0 }, 'r', undefined).map((plan) => plan.args)
    const second = (port: string): string[] => [
      'start',
      '--name',
      'node-2',
      '--port',
      port,
      '--admin-port',
      '0',
      '--redis',
      'r',
    ]
    expect(args(9000)[1]).toEqual(second('9001'))
    expect(args(0)[1]).toEqual(second('0'))
  })
})

describe('the table of a cluster', () => {
  test('repeats what a ready line says', () => {
    const urls = { client: 'http://127.0.0.1:1', admin: 'http://127.0.0.1:2' }
    const page = 'http://127.0.0.1:1/'
    expect(parseReady(readyLine({ ...urls, page }).trimEnd())).toEqual(urls)
    expect(parseReady('{"msg":"node.ready"}')).toBeUndefined()
    expect(formatRow('node-1', urls, 7)).toBe(
      'node-1  client http://127.0.0.1:1  admin http://127.0.0.1:2  pid 7',
    )
  })
})

const hasRedis = spawnSync('redis-server', ['--version']).status === 0

describe.runIf(hasRedis)('sluice cluster up', () => {
  const flags = ['cluster', 'up', '--nodes', '2', '--port', '0']

  test('starts nodes that answer, mends one that dies, and leaves nothing after SIGTERM', async () => {
    running = start(flags, cwd)
    await running.line(/^cluster ready {2}2 nodes$/)
    const rows = await Promise.all([1, 2].map((n) => running!.line(new RegExp(`^node-${n}  `))))
    for (const row of rows) {
      const [client = ''] = row.match(/http:\S+/) ?? []
      expect((await fetch(`${client}/health`)).status).toBe(200)
    }
    const [first = 0, second = 0] = rows.map(pidOf)
    process.kill(first, 'SIGKILL')
    const again = pidOf(await running.line(new RegExp(`^node-1  .* pid (?!${first}$)`)))
    running.child.kill('SIGTERM')
    const { code, stdout, stderr } = await running.finished
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^node-2 \| .*node\.drained/m)
    expect([first, second, again].filter(isRunning)).toEqual([])
  })

  test('drains and ends with 1 when its Redis is lost', async () => {
    running = start(flags, cwd)
    await running.line(/^cluster ready/)
    const [port = ''] = (await running.line(/^redis {2}/)).match(/\d+$/) ?? []
    connect(Number(port), '127.0.0.1')
      .on('error', () => undefined)
      .write('SHUTDOWN NOSAVE\r\n')
    const { code, stdout } = await running.finished
    expect(code).toBe(1)
    expect(stdout).toMatch(/"reason":"redis-server ended","msg":"node.ended"/)
    expect(stdout.match(/node\.drained/g)).toHaveLength(2)
  })

  test('leaves nothing when it is killed', async () => {
    running = start(flags, cwd)
    await running.line(/^cluster ready/)
    const rows = await Promise.all([1, 2].map((n) => running!.line(new RegExp(`^node-${n}  `))))
    const [port = ''] = (await running.line(/^redis {2}/)).match(/\d+$/) ?? []
    const redis = connect(Number(port), '127.0.0.1')
    await once(redis, 'connect')
    // Listened for at once: Redis may be gone before the last line of its parent is read.
    const redisGone = once(redis, 'close')
    running.child.kill('SIGKILL')
    await running.finished
    await redisGone
    // Nobody is their parent now who could be asked.
    await expect.poll(() => rows.map(pidOf).filter(isRunning), { timeout: 20_000 }).toEqual([])
  })

  test('ends when a node cannot start', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const taken = await run(
      ['cluster', 'up', '--nodes', '1', '--port', port, '--admin-port', '0'],
      cwd,
    )
    other.close()
    expect(taken).toMatchObject({
      code: 1,
      stderr: 'sluice: node-1 did not start; its last lines say why\n',
    })
    expect(taken.stdout).toContain(`node-1 | sluice: port ${port} on 127.0.0.1 is in use`)
    const unread = await run([...flags, '--config', 'none.json'], cwd)
    expect(unread.code).toBe(2)
  })
})

function pidOf(row: string): number {
  return Number(/ pid (\d+)$/.exec(row)?.[1])
}
