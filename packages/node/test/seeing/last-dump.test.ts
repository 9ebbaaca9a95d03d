import { EventEmitter } from 'node:events'
import type { Dump } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { LastDump } from '../../src/seeing/last-dump.ts'
import { listenForSignal } from '../../src/seeing/signal.ts'
import type { DumpOutcome } from '../../src/seeing/dumper.ts'
import { startTestNode } from '../http/harness.ts'

/** Remembers what was asked of it. */
function recorder(outcome: DumpOutcome['what'] = 'written') {
  const asked: string[] = []
  const outcomes = {
    written: { what: 'written', dump: {} as never },
    skipped: { what: 'skipped', why: 'busy' },
    failed: { what: 'failed', error: 'full' },
  } as const
  return {
    asked,
    dump: ({ trigger, detail }: { trigger: string; detail?: string }) => {
      asked.push(`${trigger} ${detail}`)
      return Promise.resolve(outcomes[outcome])
    },
    dumpSync: ({ trigger, detail }: { trigger: string; detail?: string }) => {
      asked.push(`at once: ${trigger} ${detail}`)
      return outcomes.written
    },
    crash: (error: unknown) => {
      asked.push(`crash ${String(error)}`)
      return outcomes.written
    },
  }
}

describe('a node that ends by a fault', () => {
  test('leaves a dump that tells of it', async () => {
    const node = await startTestNode({ dumps: { watchdog: false } }, { ownsProcess: true })
    const { archive } = node.services.dumper
    node.system.spawn({
      name: 'hopeless',
      restart: 'permanent',
      start() {
        throw new Error('never again')
      },
      receive: () => undefined,
    })
    const { ok, reason } = await node.done
    expect(ok).toBe(false)
    const [dump, ...others] = archive.list()
    expect([dump?.trigger, others]).toEqual(['end', []])
    const told = JSON.parse(String(await archive.read(dump!.id))) as Dump
    expect(told.reason).toEqual({ trigger: 'end', detail: reason })
    expect(told.tombstones.map(({ end }) => end).join()).toContain('never again')
    expect(process.listenerCount('SIGUSR2')).toBe(0)
  })
})

describe('the signal for a dump', () => {
  test('is listened to until that is over', () => {
    const events = new EventEmitter()
    const dumper = recorder()
    const stop = listenForSignal('SIGUSR2', dumper, () => {}, { events, reportSignal: undefined })
    events.emit('SIGUSR2')
    expect(dumper.asked).toEqual(['signal SIGUSR2'])
    stop()
    expect(events.eventNames()).toEqual([])
  })

  test('that is Node’s own, too, is told', () => {
    const shared: string[] = []
    const listen = (signal: 'SIGUSR2' | 'SIGHUP' | false, reportSignal: string | undefined) => {
      const events = new EventEmitter()
      listenForSignal(signal, recorder(), (name) => shared.push(name), { events, reportSignal })
    }
    listen('SIGHUP', 'SIGUSR2')
    listen(false, 'SIGUSR2')
    listen('SIGUSR2', undefined)
    expect(shared).toEqual([])
    listen('SIGUSR2', 'SIGUSR2')
    expect(shared).toEqual(['SIGUSR2'])
  })
})

describe('the dump that a process leaves', () => {
  test('is one, the first', async () => {
    const events = new EventEmitter()
    const dumper = recorder()
    const last = new LastDump(dumper, events)
    last.crash(new Error('first'))
    await last.end('SIGTERM')
    last.crash(new Error('second'))
    events.emit('exit', 1)
    expect(dumper.asked).toEqual(['crash Error: first'])
  })

  test('is written at once when another one is on its way', async () => {
    const dumper = recorder('skipped')
    await new LastDump(dumper, new EventEmitter()).end('SIGTERM')
    expect(dumper.asked).toEqual(['end SIGTERM', 'at once: end SIGTERM'])
  })

  test('is not waited for without end', async () => {
    const hangs = { ...recorder(), dump: () => new Promise<never>(() => {}) }
    await expect(new LastDump(hangs, new EventEmitter()).end('SIGTERM', 10)).resolves.toBe(
      undefined,
    )
  })

  test('is not left by a node that is closed while its process goes on', () => {
    const events = new EventEmitter()
    const dumper = recorder()
    new LastDump(dumper, events).close()
    events.emit('exit', 0)
    expect(dumper.asked).toEqual([])
    expect(events.eventNames()).toEqual([])
  })
})
