import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Writable, type Readable } from 'node:stream'
import { createEnd, Events } from '@sluice/core'
import { describe, expect, test, vi } from 'vitest'
import type { NodeEvent } from '../src/events.ts'
import {
  createLogger,
  eventLevels,
  subscribeLog,
  type LogSettings,
  type Logger,
} from '../src/log.ts'

// A process takes its time to start where many tests share few cores; the limit is for what hangs.
vi.setConfig({ testTimeout: 60_000 })

interface Recorded {
  logger: Logger
  /** What was written so far. */
  text: () => string
  lines: () => Record<string, unknown>[]
}

function record(settings: Partial<LogSettings> = {}): Recorded {
  let text = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  const logger = createLogger({ level: 'debug', readable: false, destination, ...settings })
  return {
    logger,
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  }
}

describe('a log line', () => {
  test('is JSON with the level as a word, the time, and the node', () => {
    const { logger, lines } = record({ node: 'n1' })
    logger.warn({ room: 'lobby' }, 'room.opened')
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        pid: process.pid,
        node: 'n1',
        room: 'lobby',
        msg: 'room.opened',
      },
    ])
  })

  test('is written from its level up', () => {
    const { logger, lines } = record({ level: 'warn' })
    logger.info('quiet')
    logger.error('loud')
    expect(lines().map(({ msg }) => msg)).toEqual(['loud'])
  })

  test('never holds a secret, wherever it was put', () => {
    const { logger, text } = record()
    logger.info(
      {
        token: 'canary',
        a: { b: { apiKey: 'canary' } },
        headers: { Authorization: 'Bearer canary' },
      },
      'x',
    )
    logger.info({ redis: 'redis://:canary@host' }, 'x')
    logger.child({ secret: 'canary', tokenSecret: 'canary' }).info('x')
    logger.error(
      { err: Object.assign(new Error('x'), { token: 'canary', config: { password: 'canary' } }) },
      'x',
    )
    logger.error({ reason: Object.assign(new Error('x'), { token: 'canary' }) }, 'x')
    logger.error(
      { err: new AggregateError([Object.assign(new Error('x'), { secret: 'canary' })]) },
      'x',
    )
    logger.error(
      {
        err: new Error('outer', { cause: Object.assign(new Error('inner'), { apiKey: 'canary' }) }),
      },
      'x',
    )
    expect(text()).not.toContain('canary')
    expect(text().match(/\[redacted\]/g)?.length).toBe(11)
  })

  test('tells an error with its stack', () => {
    const { logger, lines } = record()
    logger.error({ err: new TypeError('broken') }, 'actor.failed')
    expect(lines()[0]).toMatchObject({
      err: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('log.test.ts') },
    })
  })

  test('is readable on a terminal', async () => {
    const destination = new PassThrough()
    const { logger } = record({ readable: true, destination })
    const written = once(destination, 'data')
    logger.info({ room: 'lobby', token: 'canary' }, 'room.opened')
    const text = String(await written)
    expect(text).toMatch(/INFO.*room\.opened/)
    expect(text).toContain('lobby')
    expect(text).not.toContain('canary')
  })
})

describe('a collector', () => {
  // 12 MiB, three times what may wait; then a word on stderr, which only a process that runs can say.
  const flood = `
    import { createLogger, flushLog } from ${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)}
    const logger = createLogger({ level: 'info' })
    const text = 'x'.repeat(1024)
    for (let line = 0; line < 12288; line++) logger.info({ line }, text)
    setImmediate(() => console.error('still here'))`

  function play(script: string): ChildProcessByStdio<null, Readable, Readable> {
    const args = ['--input-type=module', '-e', script]
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  test('that stops reading neither stops the process nor fills its memory, and is told what it missed', async () => {
    const child = play(flood)
    const [word] = await once(child.stderr, 'data')
    expect(String(word)).toBe('still here\n')
    let text = ''
    for await (const chunk of child.stdout) text += String(chunk)
    const lines: { level: string; msg: string; lines?: number }[] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const told = lines.filter(({ msg }) => msg === 'log.dropped')
    const missed = told.reduce((sum, { lines: count = 0 }) => sum + count, 0)
    expect(missed).toBeGreaterThan(4_096)
    expect(lines.length - told.length + missed).toBe(12_288)
  })

  test('that never reads again does not keep the process from ending', async () => {
    const child = play(`${flood}\nawait flushLog(100)\nprocess.exit(7)`)
    const [code] = await once(child, 'exit')
    expect(code).toBe(7)
  })

  test('that goes away does not take the process along', async () => {
    const hold = 'setInterval(() => undefined, 1_000)'
    const child = play(`${flood}\n${hold}\nprocess.stdout.on('close', () => process.exit(7))`)
    await once(child.stderr, 'data')
    child.stdout.destroy()
    const [code] = await once(child, 'exit')
    expect(code).toBe(7)
  })

  test('that reads slowly has every line before the process ends', async () => {
    const child = play(`
      import { createLogger, flushLog } from ${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)}
      const logger = createLogger({ level: 'info' })
      for (let line = 0; line < 2048; line++) logger.info({ line }, 'x'.repeat(1024))
      console.error('logged')
      await flushLog(60_000)
      process.exit(0)`)
    await once(child.stderr, 'data')
    let text = ''
    for await (const chunk of child.stdout) text += String(chunk)
    expect(text.trimEnd().split('\n')).toHaveLength(2_048)
  })
})

describe('the log of events', () => {
  test('gives each event its level and its name as message', () => {
    const { logger, lines } = record()
    const events = new Events<NodeEvent>()
    subscribeLog(logger, events)
    events.emit({
      name: 'actor.failed',
      actor: 'room 1',
      behavior: 'room',
      error: new Error('broken'),
    })
    events.emit({ name: 'connection.slow', client: 'c', user: 'u', queued: 5 })
    events.emit({ name: 'node.ready', client: 'http://a', admin: 'http://b' })
    events.emit({ name: 'room.opened', room: 'lobby' })
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'actor.failed', actor: 'room 1', err: { message: 'broken' } },
      { level: 'warn', msg: 'connection.slow', client: 'c', queued: 5 },
      { level: 'info', msg: 'node.ready', client: 'http://a' },
      { level: 'debug', msg: 'room.opened', room: 'lobby' },
    ])
    expect(lines()[0]).not.toHaveProperty('error')
    expect(lines()[0]).not.toHaveProperty('name')
  })

  test('tells an end as a sentence', () => {
    const { logger, lines } = record()
    const events = new Events<NodeEvent>()
    subscribeLog(logger, events)
    const cause = createEnd('stopped', 'SIGTERM')
    events.emit({
      name: 'actor.ended',
      actor: 'a',
      behavior: 'b',
      end: createEnd('context', 'draining', 'edge', cause),
    })
    expect(lines()).toMatchObject([{ end: 'edge: draining ← SIGTERM', endCode: 'context' }])
  })

  test('takes events that nobody listed as details', () => {
    const { logger, lines } = record()
    const events = new Events<{ name: string }>()
    subscribeLog(logger, events)
    for (const name of ['brand.new', 'constructor', '__proto__']) events.emit({ name })
    expect(lines().map(({ level }) => level)).toEqual(['debug', 'debug', 'debug'])
  })

  test('ends when told', () => {
    const { logger, lines } = record()
    const events = new Events<NodeEvent>()
    const end = subscribeLog(logger, events)
    expect(events.listeners).toBe(1)
    end()
    expect(events.listeners).toBe(0)
    expect(lines()).toEqual([])
  })

  test('has levels that pino has', () => {
    const { logger } = record()
    for (const level of Object.values(eventLevels)) expect(typeof logger[level]).toBe('function')
  })
})
