import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, isRunning, startRedis } from '@sluice/test-support'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { planProcesses, readProcesses } from '../../src/cli/processes.ts'
import { run, start, type Running } from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'sluice-processes-'))
afterAll(() => rmSync(cwd, { recursive: true }))

const options = { port: 8000, adminPort: 8001, redis: 'redis://127.0.0.1:6379' }
const alone = { port: 8000, adminPort: 8001 }

describe('the number of processes', () => {
  test('is read when the options can be shared', () => {
    expect(readProcesses('4', options, 'linux')).toBe(4)
    expect(readProcesses('1', alone, 'darwin')).toBe(1)
  })

  test.each([
    ['0', options, 'linux', /from 1 to 256/],
    ['two', options, 'linux', /from 1 to 256/],
    ['2', alone, 'linux', /needs --redis/],
    ['2', options, 'darwin', /only Linux/],
    ['2', { ...options, port: 0 }, 'linux', /not 0/],
    ['2', { ...options, port: 8002 }, 'linux', /meet 8002/],
    ['9', { ...options, adminPort: 65_530 }, 'linux', /no 9 ports from 65530/],
  ])('%s with %j on %s is refused', (text, given, platform, said) => {
    expect(readProcesses(text, given, platform)).toMatch(said)
  })
})

describe('the processes', () => {
  test('share the client port, and have names and admin ports of their own', () => {
    const plans = planProcesses(2, { name: 'a', adminPort: 9001 }, { port: '9000', redis: 'r' })
    const shared = ['start', '--reuse-port', '--port', '9000', '--redis', 'r', '--name']
    expect(plans).toEqual([
      { name: 'a-1', args: [...shared, 'a-1', '--admin-port', '9001'] },
      { name: 'a-2', args: [...shared, 'a-2', '--admin-port', '9002'] },
    ])
  })
})

describe('sluice start --processes', () => {
  test('without a Redis ends with 2', async () => {
    const { code, stdout, stderr } = await run(['start', '--processes', '2'], cwd)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--processes: more than one needs --redis')
  })
})

const hasRedis = spawnSync('redis-server', ['--version']).status === 0

describe.runIf(hasRedis)('two processes', () => {
  let running: Running | undefined
  afterEach(async () => {
    running?.child.kill('SIGKILL')
    await running?.finished
  })

  test('listen on one client port, answer there, and end together', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis[Symbol.asyncDispose]())
    const port = String(await freePort())
    const flags = ['--port', port, '--admin-port', '0', '--name', 'p', '--redis', redis.url]
    running = start(['start', '--processes', '2', ...flags], cwd)
    await running.line(new RegExp(`^sluice ready {2}client http://127.0.0.1:${port} {2}admin `))
    const rows = await Promise.all([1, 2].map((n) => running!.line(new RegExp(`^p-${n}  `))))
    expect(rows.map((row) => row.includes(`client http://127.0.0.1:${port} `))).toEqual([
      true,
      true,
    ])
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    const pids = rows.map((row) => Number(/ pid (\d+)$/.exec(row)?.[1]))
    expect(pids.map(isRunning)).toEqual([true, true])
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 0, stderr: '' })
    expect(pids.map(isRunning)).toEqual([false, false])
  })
})
