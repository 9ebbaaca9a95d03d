// The watchdog, on real processes whose loops really stand still.

import { describe, expect, test } from 'vitest'
import { logged, startStory } from './story.ts'

/** Long enough to be noticed where many tests share few cores. */
const stallMs = 3_000
const watched = { dumps: { watchdog: true } }
const functions = (dump: { stack?: { function: string }[] } | undefined): string[] =>
  (dump?.stack ?? []).map((frame) => frame.function)

describe('a loop that stands still', () => {
  test('is written down while it does, with the function that holds it', async () => {
    const { node, call, written, dumps } = await startStory(watched)
    await call('spinForEver')
    await written()
    // Nobody can ask it anything any more, or make it end well.
    node.child.kill('SIGTERM')
    node.child.kill('SIGKILL')
    expect((await node.finished).signal).toBe('SIGKILL')
    const [dump, ...others] = await dumps()
    expect(others).toEqual([])
    expect(dump?.reason).toMatchObject({
      trigger: 'stall',
      detail: expect.stringMatching(/^in countToNothing \(ending\.ts:\d+\)$/),
      threshold: 500,
    })
    expect(dump?.reason?.value).toBeGreaterThanOrEqual(500)
    // Not always the innermost: it calls Node's clock.
    expect(functions(dump)).toContain('countToNothing')
    expect(dump?.node).toMatchObject({ name: 'n1', pid: node.child.pid })
    expect(dump?.facts).toMatchObject({ heap_limit_bytes: expect.any(Number), rooms: 0 })
    expect(dump?.actors.map(({ behavior }) => behavior)).toContain('ending')
    // What the actors did before: at least the call was handled.
    expect(dump?.flight?.map(({ behavior }) => behavior)).toContain('ending')
  })

  test('is named by the actor whose handler it is', async () => {
    const { call, written, dumps } = await startStory(watched)
    // It never answers.
    call('spinNow', 1e9).catch(() => undefined)
    await written()
    const [dump] = await dumps()
    expect(dump?.reason?.detail).toMatch(/^ending \w+ in countToNothing \(ending\.ts:\d+\)$/)
    const ending = dump?.actors.find(({ behavior }) => behavior === 'ending')
    expect(ending).toMatchObject({ state: 'running' })
    // Actors and transitions are of one moment: it has run for as long as its last transition is ago.
    expect(dump?.flight?.findLast(({ actor }) => actor === ending?.id)).toMatchObject({
      to: 'running',
      agoMs: ending?.ms,
    })
  })

  test('has the seconds before it written down, however long it has stood', async () => {
    const { call, written, dumps } = await startStory({
      dumps: { watchdog: true, stallMs: '6s' },
    })
    call('spinNow', 1e9).catch(() => undefined)
    await written()
    const [dump] = await dumps()
    const began = dump?.flight?.findLast(({ behavior }) => behavior === 'ending')
    expect(began).toMatchObject({ to: 'running' })
    expect(began!.agoMs).toBeGreaterThan(5_500)
  })

  test('goes on unharmed, and has one dump', async () => {
    const { node, call, dumps } = await startStory(watched)
    await call('spinFor', stallMs)
    await node.line(/"loop\.stalled"/)
    // Turns as before: it answers, and its next stall is in the cooldown.
    await call('spinFor', stallMs)
    await node.line(/"dump\.skipped"/)
    await call('spinFor', 0)
    node.child.kill('SIGTERM')
    const finished = await node.finished
    expect(finished.code).toBe(0)
    expect((await dumps()).map(({ reason }) => reason?.trigger)).toEqual(['stall', 'end'])
    const [first] = logged(finished, 'loop.stalled') as { ms: number; level: string }[]
    expect(first).toMatchObject({ level: 'warn' })
    expect(first!.ms).toBeGreaterThanOrEqual(stallMs)
  })

  test('in native code is written down without a stack, and goes on', async () => {
    const { node, call, dumps } = await startStory(watched)
    await call('waitFor', 8)
    await node.line(/"loop\.stalled"/)
    const [dump] = await dumps()
    expect(dump?.stack).toBeUndefined()
    expect(dump?.notes).toContain('no stack: the main thread is in native code')
    await call('spinFor', 0)
    node.child.kill('SIGTERM')
    expect((await node.finished).code).toBe(0)
  })

  test('is left to a debugger that may be attached', async () => {
    const { node, call, dumps } = await startStory(watched, {
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    })
    await call('spinFor', stallMs)
    await node.line(/"loop\.stalled"/)
    const [dump] = await dumps()
    expect(dump?.stack).toBeUndefined()
    expect(dump?.notes).toContain('no stack: a debugger may be attached')
  })

  test('is nothing to a node without a watchdog', async () => {
    const { node, call, dumps } = await startStory()
    await call('spinNow', stallMs)
    node.child.kill('SIGTERM')
    await node.finished
    expect((await dumps()).map(({ reason }) => reason?.trigger)).toEqual(['end'])
  })
})

describe('a process that was stopped', () => {
  test('has no stall to tell of', async () => {
    const { node, call, dumps } = await startStory(watched)
    node.child.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    node.child.kill('SIGCONT')
    await call('spinFor', 0)
    node.child.kill('SIGTERM')
    const finished = await node.finished
    expect((await dumps()).map(({ reason }) => reason?.trigger)).toEqual(['end'])
    expect(logged(finished, 'loop.stalled')).toEqual([])
  })
})

describe('a heap that nears its limit', () => {
  test('is written down before it is there', async () => {
    const { call, written, dumps } = await startStory(
      { dumps: { watchdog: true, heapShare: 0.3, stallMs: '1m' } },
      { NODE_OPTIONS: '--max-old-space-size=200' },
    )
    await call('hoard', 150)
    await written()
    const [dump] = await dumps()
    expect(dump?.reason).toMatchObject({
      trigger: 'heap',
      detail: expect.stringMatching(/^heap \d+ of \d+ MB$/),
    })
    expect(dump?.reason?.value).toBeGreaterThan(dump!.reason!.threshold!)
    expect(dump?.actors.map(({ behavior }) => behavior)).toContain('ending')
  })
})
