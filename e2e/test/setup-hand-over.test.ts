// `bin/sluice.js` and the change from one Node to another: by execve, and as a child whose parent
// passes signals on, ends as it ends, and takes it along when it is killed itself.

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { dependenciesMatch } from '../../scripts/setup/fingerprint.js'
import { findProgram } from '../../scripts/setup/found.js'
import { identityOf, isAlive } from '../../scripts/setup/identity.js'
import { atLeast, nodePin, oldestNode } from '../../scripts/setup/pins.js'
import { checkout, placesIn } from '../../scripts/setup/places.js'

const handOver = new URL('../../scripts/setup/hand-over.js', import.meta.url).href
const leash = new URL('../../scripts/setup/leash.js', import.meta.url).href
const places = placesIn(checkout)

/** What goes on under the other Node: on a leash, and says which signals it gets. */
const heir = `
  import { wearLeash } from ${JSON.stringify(leash)}
  await wearLeash(process.env)
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGUSR2']) process.on(signal, () => console.log(signal))
  process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(7) })
  process.on('SIGQUIT', () => { process.removeAllListeners('SIGQUIT'); process.kill(process.pid, 'SIGKILL') })
  setInterval(() => {}, 1000)
  console.log(process.pid)`

const started = new Set<ChildProcess>()
/** The processes of heirs: where the leash fails, nobody else ends them. */
const heirs = new Set<number>()

afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  for (const pid of heirs) if (isAlive(identityOf(pid))) process.kill(pid, 'SIGKILL')
  started.clear()
  heirs.clear()
})

function start(node: string, args: string[], code: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(node, [...args, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  started.add(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, next: async () => (await lines.next()).value }
}

function startHandOver(node: string, args: string[]) {
  const heirArgs = JSON.stringify(['--input-type=module', '-e', heir])
  const code = `
    import { handOver } from ${JSON.stringify(handOver)}
    await handOver(${JSON.stringify(process.execPath)}, ${heirArgs})`
  const { child, next } = start(node, args, code)
  const heirPid = async () => {
    const pid = Number(await next())
    heirs.add(pid)
    return pid
  }
  return { child, next, heirPid }
}

/** A Node on this machine that is too old for Sluice, if there is one. */
function findOldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const version = execFileSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      return !atLeast(version.trim(), oldestNode)
    })
}

const oldNode = findOldNode()
const withoutExecve = ['--import', 'data:text/javascript,process.execve=undefined']
const parents: [string, string, string[]][] = [
  ['a Node that cannot replace itself', process.execPath, withoutExecve],
  ...(oldNode === undefined
    ? []
    : [['an older Node', oldNode, []] satisfies [string, string, string[]]]),
]

describe.each(parents)('under %s', { timeout: 30_000 }, (_, node, args) => {
  test.each(['SIGHUP', 'SIGINT', 'SIGUSR2'] as const)('%s is passed on', async (signal) => {
    const { child, next, heirPid } = startHandOver(node, args)
    expect(await heirPid()).not.toBe(child.pid)
    child.kill(signal)
    expect(await next()).toBe(signal)
  })

  test('the exit code is passed back', async () => {
    const { child, next, heirPid } = startHandOver(node, args)
    await heirPid()
    child.kill('SIGTERM')
    expect(await next()).toBe('SIGTERM')
    expect(await once(child, 'exit')).toEqual([7, null])
  })

  test('an end by signal is passed back', async () => {
    const { child, heirPid } = startHandOver(node, args)
    await heirPid()
    child.kill('SIGQUIT')
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  })

  test('nothing lives on when the parent is killed', async () => {
    const { child, next, heirPid } = startHandOver(node, args)
    await heirPid()
    child.kill('SIGKILL')
    // Both write to one pipe, so it ends when both are gone.
    expect(await next()).toBeUndefined()
  })
})

describe('a Node that can replace itself', { timeout: 30_000 }, () => {
  test('keeps its pid', async () => {
    const { child, heirPid } = startHandOver(process.execPath, [])
    expect(await heirPid()).toBe(child.pid)
  })
})

describe('a script whose npm is gone', { timeout: 30_000 }, () => {
  test('drains as on SIGTERM', async () => {
    const script = `
      import { npmLeash, wearLeash } from ${JSON.stringify(leash)}
      process.on('SIGTERM', () => { console.log('drains'); process.exit() })
      await wearLeash(npmLeash())
      setInterval(() => {}, 1000)
      console.log(process.pid)`
    const npm = `
      import { spawn } from 'node:child_process'
      const args = ['--input-type=module', '-e', ${JSON.stringify(script)}]
      spawn(process.execPath, args, { stdio: 'inherit' })`
    const { child, next } = start(process.execPath, [], npm, { npm_lifecycle_event: 'start' })
    heirs.add(Number(await next()))
    child.kill('SIGKILL')
    expect(await next()).toBe('drains')
  })
})

// Where the checkout was not set up by these scripts, they would do so in the middle of the tests.
const isSetUp = dependenciesMatch(places)
const pin = nodePin(`${process.platform}-${process.arch}`)
const hasOwnNode = pin !== undefined && findProgram(places, 'node', pin) !== null

describe.runIf(isSetUp)('bin/sluice.js', { timeout: 60_000 }, () => {
  const nodes = [process.execPath, ...(oldNode !== undefined && hasOwnNode ? [oldNode] : [])]

  test.each(nodes)('runs through a symlink, from any folder, under %s', (node) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-bin-'))
    try {
      symlinkSync(places.cli, join(folder, 'sluice'))
      const ended = spawnSync(node, [join(folder, 'sluice'), '--version'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(ended.stdout).toMatch(/\d+\.\d+\.\d+\n$/)
      expect(ended.status).toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each(nodes)('exits with 2 on bad usage, under %s', (node) => {
    const ended = spawnSync(node, [places.cli, 'no-such-command'], { encoding: 'utf8' })
    expect(ended.stdout).toBe('')
    expect(ended.stderr).not.toBe('')
    expect(ended.status).toBe(2)
  })
})

test('scripts/setup.js exits with 2 on bad usage', () => {
  const script = join(checkout, 'scripts', 'setup.js')
  const ended = spawnSync(process.execPath, [script, 'toString'], { encoding: 'utf8' })
  expect(ended.stderr).toContain('usage:')
  expect(ended.status).toBe(2)
})
