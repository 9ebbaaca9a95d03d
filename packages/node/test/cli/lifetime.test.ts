import { EventEmitter, once } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { runNode, type RunningNode } from '../../src/cli/lifetime.ts'
import { createLogger } from '../../src/log.ts'

interface Staged {
  /** What happened to the node, in order. */
  calls: string[]
  log: string[]
  events: EventEmitter
  node: RunningNode
  end: (result: { ok: boolean; reason: string }) => void
  /** Settles when clients may connect. */
  announced: Promise<RunningNode['urls']>
  exitCode: Promise<number>
}

/** A process around a node that does as it is told. */
function stage(
  behaviour: Partial<RunningNode> & { start?: () => Promise<void> } = {},
  now?: () => number,
): Staged {
  const calls: string[] = []
  const log: string[] = []
  const events = new EventEmitter()
  const done = Promise.withResolvers<{ ok: boolean; reason: string }>()
  const announced = Promise.withResolvers<RunningNode['urls']>()
  const node: RunningNode = {
    urls: { client: 'http://c', admin: 'http://a' },
    async drain(reason) {
      calls.push(`drain ${reason}`)
      await behaviour.drain?.(reason)
    },
    async stop() {
      calls.push('stop')
      await behaviour.stop?.()
    },
    crashed: (error) => void calls.push(`crashed ${String(error)}`),
    done: done.promise,
  }
  const destination = new Writable({
    write(chunk, _encoding, next) {
      const { level, msg }: { level: string; msg: string } = JSON.parse(String(chunk))
      log.push(`${level} ${msg}`)
      next()
    },
  })
  const exitCode = runNode({
    async start() {
      await behaviour.start?.()
      return node
    },
    announce: announced.resolve,
    log: createLogger({ level: 'debug', readable: false, destination }),
    events,
    ...(now && { now }),
  })
  return { calls, log, events, node, end: done.resolve, announced: announced.promise, exitCode }
}

const never = new Promise<void>(() => undefined)

describe('a running node', () => {
  test.each(['SIGTERM', 'SIGINT'])('drains, stops and ends with 0 on %s', async (signal) => {
    const { events, announced, exitCode, calls } = stage()
    await announced
    events.emit(signal, signal)
    expect(await exitCode).toBe(0)
    expect(calls).toEqual([`drain ${signal}`, 'stop'])
  })

  test('ends with 1 at once on a second signal, drained or not', async () => {
    const { events, announced, exitCode, calls } = stage({ drain: () => never })
    await announced
    events.emit('SIGTERM', 'SIGTERM')
    await Promise.resolve()
    events.emit('SIGINT', 'SIGINT')
    expect(await exitCode).toBe(1)
    expect(calls).toEqual(['drain SIGTERM'])
  })

  test('takes the same signal twice in a moment for one, as a group and its wrapper send it', async () => {
    const drained = Promise.withResolvers<void>()
    let now = 1_000
    const { events, announced, exitCode } = stage({ drain: () => drained.promise }, () => now)
    await announced
    events.emit('SIGTERM', 'SIGTERM')
    now += 20
    events.emit('SIGTERM', 'SIGTERM')
    drained.resolve()
    expect(await exitCode).toBe(0)
  })

  test('takes the same signal later for a second one', async () => {
    let now = 1_000
    const { events, announced, exitCode } = stage({ drain: () => never }, () => now)
    await announced
    events.emit('SIGTERM', 'SIGTERM')
    now += 1_000
    events.emit('SIGTERM', 'SIGTERM')
    expect(await exitCode).toBe(1)
  })

  test.each(['uncaughtException', 'unhandledRejection'])(
    'drains and ends with 1 on %s, and says why',
    async (name) => {
      const { events, announced, exitCode, calls, log } = stage()
      await announced
      events.emit(name, new Error('nobody caught me'))
      expect(await exitCode).toBe(1)
      expect(calls).toEqual(['crashed Error: nobody caught me', 'drain fault', 'stop'])
      expect(log).toContain('fatal node.failed')
    },
  )

  test('ends with 1 at once when a fault comes while it drains', async () => {
    const { events, announced, exitCode } = stage({ drain: () => never })
    await announced
    events.emit('SIGTERM', 'SIGTERM')
    events.emit('uncaughtException', new Error('again'))
    expect(await exitCode).toBe(1)
  })

  test('that ends by itself ends the process: 0 when it was asked to, 1 after a fault', async () => {
    const asked = stage()
    await asked.announced
    asked.end({ ok: true, reason: 'stopped' })
    expect(await asked.exitCode).toBe(0)
    const failed = stage()
    await failed.announced
    failed.end({ ok: false, reason: 'root: restart budget spent' })
    expect(await failed.exitCode).toBe(1)
    expect([...asked.calls, ...failed.calls]).toEqual([])
    expect(failed.log).toContain('fatal node.ended')
  })

  test('that cannot be drained is an error', async () => {
    const { events, announced, exitCode } = stage({
      drain: () => Promise.reject(new Error('stuck')),
    })
    await announced
    events.emit('SIGTERM', 'SIGTERM')
    await expect(exitCode).rejects.toThrow('stuck')
  })

  test('leaves no listener behind', async () => {
    const { events, announced, exitCode } = stage()
    await announced
    expect(events.eventNames()).toHaveLength(4)
    events.emit('SIGTERM', 'SIGTERM')
    await exitCode
    expect(events.eventNames()).toEqual([])
  })
})

describe('a node that starts', () => {
  test('is drained once it runs, when the signal came before', async () => {
    const gate = new EventEmitter()
    const { events, exitCode, calls, announced } = stage({
      start: async () => void (await once(gate, 'open')),
    })
    events.emit('SIGTERM', 'SIGTERM')
    expect(calls).toEqual([])
    gate.emit('open')
    await announced
    expect(await exitCode).toBe(0)
    expect(calls).toEqual(['drain SIGTERM', 'stop'])
  })

  test('and hangs can be ended by a second signal', async () => {
    const { events, exitCode } = stage({ start: () => never })
    events.emit('SIGINT', 'SIGINT')
    events.emit('SIGTERM', 'SIGTERM')
    expect(await exitCode).toBe(1)
  })

  test('and fails is an error, without listeners left behind', async () => {
    const { events, exitCode } = stage({ start: () => Promise.reject(new Error('no port')) })
    await expect(exitCode).rejects.toThrow('no port')
    expect(events.eventNames()).toEqual([])
  })
})
