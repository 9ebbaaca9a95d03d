// The lock of the set-up, with real processes that contend, wait and are killed.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identityOf, isAlive } from '../../scripts/setup/identity.js'
import { acquireLock, breakLock } from '../../scripts/setup/lock.js'

const module = new URL('../../scripts/setup/lock.js', import.meta.url).href

let folder: string
let lock: string
const started = new Set<ChildProcess>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-lock-'))
  lock = join(folder, 'lock')
})

afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
  rmSync(folder, { recursive: true, force: true })
})

/** A process that takes the lock and then runs `body`; its lines are what it prints. */
function start(body: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const code = `
    import { acquireLock, breakLock } from ${JSON.stringify(module)}
    import { closeSync, openSync, rmSync } from 'node:fs'
    import { spawn } from 'node:child_process'
    const lock = await acquireLock(${JSON.stringify(lock)}, (pid) => console.log('waits for', pid))
    ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.add(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, lines }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  return String((await lines.next()).value)
}

/** The pid of a process that has ended and was collected. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'close')
  return child.pid ?? 0
}

const hold = `console.log('holds'); setInterval(() => {}, 1000)`

describe('the lock', { timeout: 30_000 }, () => {
  test('lets one in after the other, however many come at once to a lock whose owner is dead', async () => {
    mkdirSync(lock)
    const owner = { pid: await deadPid(), started: null }
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ token: 'dead', owner }))
    // Opening with "wx" fails where the file is already there: two inside would be seen.
    const inside = JSON.stringify(join(folder, 'inside'))
    const body = `
      closeSync(openSync(${inside}, 'wx'))
      await new Promise((resolve) => setTimeout(resolve, 20))
      rmSync(${inside})
      lock.release()`
    const ends = Array.from({ length: 5 }, () => once(start(body).child, 'exit'))
    for (const [code] of await Promise.all(ends)) expect(code).toBe(0)
  })

  test('makes others wait, and tells them for whom', async () => {
    const first = start(
      `${hold}; process.once('SIGTERM', () => { lock.release(); process.exit() })`,
    )
    expect(await next(first.lines)).toBe('holds')
    const second = start(hold)
    expect(await next(second.lines)).toBe(`waits for ${first.child.pid}`)
    first.child.kill('SIGTERM')
    expect(await next(second.lines)).toBe('holds')
  })

  test('is free again when its owner is killed', async () => {
    const first = start(hold)
    expect(await next(first.lines)).toBe('holds')
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = start(hold)
    expect(await next(second.lines)).toBe('holds')
  })

  test('stays held while a child of its killed owner goes on', async () => {
    const first = start(`
      const child = spawn('sleep', ['60'], { stdio: 'ignore' })
      lock.adopt(child.pid)
      console.log(child.pid)
      setInterval(() => {}, 1000)`)
    const orphan = Number(await next(first.lines))
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = start(hold)
    expect(await next(second.lines)).toBe(`waits for ${orphan}`)
    process.kill(orphan, 'SIGKILL')
    expect(await next(second.lines)).toBe('holds')
  })

  test('is broken once for a dead owner, and not for the living one that follows', async () => {
    mkdirSync(lock)
    const owner = { pid: await deadPid(), started: null }
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ token: 'dead', owner }))
    const held = await acquireLock(lock, () => {})
    // The slower of two that both saw the dead owner.
    breakLock(lock, 'dead')
    const token = JSON.parse(readFileSync(join(lock, 'owner.json'), 'utf8')).token
    expect(token).not.toBe('dead')
    held.release()
  })

  test('leaves nothing behind when it is given back', async () => {
    const held = await acquireLock(lock, () => {})
    held.adopt(process.pid)()
    held.release()
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a process that was written down', () => {
  test('is recognised while it runs', () => {
    expect(isAlive(identityOf(process.pid))).toBe(true)
  })

  test('is gone once it has ended', async () => {
    expect(isAlive({ pid: await deadPid(), started: null })).toBe(false)
  })

  test.runIf(process.platform === 'linux')('is not taken for the next one with its pid', () => {
    expect(isAlive({ pid: process.pid, started: 'another boot:1' })).toBe(false)
  })
})
