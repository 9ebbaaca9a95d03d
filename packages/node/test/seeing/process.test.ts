// Every way for a node's process to end leaves its story on disk, and a running one tells it when asked. Real processes.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Dump } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { logged, startStory } from './story.ts'

/** Whom it was the story of. */
const rows = (dump: Dump | undefined): string[] =>
  [...(dump?.actors ?? [])].map(({ behavior }) => behavior).toSorted()

describe('a running node', () => {
  test('takes a dump on SIGUSR2, and goes on', async () => {
    const { node, dumps } = await startStory()
    node.child.kill('SIGUSR2')
    await node.line(/"dump\.written"/)
    const [dump, ...others] = await dumps()
    expect(others).toEqual([])
    expect(dump?.reason).toEqual({ trigger: 'signal', detail: 'SIGUSR2' })
    expect(dump?.node).toMatchObject({ name: 'n1', pid: node.child.pid })
    expect(dump?.facts).toMatchObject({ actors: 6, link: 'up', rss_bytes: expect.any(Number) })
    expect(rows(dump)).toEqual(['admin', 'edge', 'ending', 'rooms', 'root', 'services'])
    node.child.kill('SIGTERM')
    expect((await node.finished).code).toBe(0)
  })

  test('listens to another signal if told so, and to none', async () => {
    const { node, dumps } = await startStory({ dumps: { signal: 'SIGHUP' } })
    node.child.kill('SIGHUP')
    await node.line(/"dump\.written"/)
    expect((await dumps()).map(({ reason }) => reason?.detail)).toEqual(['SIGHUP'])

    const deaf = await startStory({ dumps: { signal: false } })
    deaf.node.child.kill('SIGHUP')
    expect((await deaf.node.finished).signal).toBe('SIGHUP')
  })
})

describe('a node leaves a dump', () => {
  test('when it was asked to end, of who was there until then', async () => {
    const { node, folder, dumps } = await startStory()
    node.child.kill('SIGTERM')
    const finished = await node.finished
    expect(finished.code).toBe(0)
    const [dump, ...others] = await dumps()
    expect(others).toEqual([])
    expect(dump?.reason).toEqual({ trigger: 'end', detail: 'SIGTERM' })
    expect(rows(dump)).toContain('edge')
    expect(logged(finished, 'dump.written')).toMatchObject([{ trigger: 'end', level: 'info' }])
    expect(readdirSync(join(folder, 'dumps'))).toHaveLength(1)
  })

  test.each([
    ['throwLater', 'TypeError: nobody caught this', 'lateFault'],
    ['rejectLater', 'Error: nobody awaits this', 'rejectLater'],
  ])('when nobody caught an error: %s', async (way, detail, where) => {
    const { node, call, dumps } = await startStory()
    await call(way)
    const finished = await node.finished
    expect(finished.code).toBe(1)
    const all = await dumps()
    expect(all.map(({ reason }) => reason)).toEqual([{ trigger: 'crash', detail }])
    expect(all[0]?.error).toContain(where)
    expect(rows(all[0])).toContain('ending')
    // The error is still told where people look first.
    expect(logged(finished, 'node.failed')).toMatchObject([
      { level: 'fatal', err: { message: detail.split(': ')[1] } },
    ])
  })

  test('when code of somebody ends the process', async () => {
    const { node, call, dumps } = await startStory()
    await call('exitLater')
    expect((await node.finished).code).toBe(3)
    const all = await dumps()
    expect(all.map(({ reason }) => reason)).toEqual([{ trigger: 'end', detail: 'exit 3' }])
    expect(rows(all[0])).toContain('ending')
  })

  test('nowhere, and ends as it should, when there is no place for it', async () => {
    const { node, folder } = await startStory({
      dumps: { dir: 'sluice.config.json', watchdog: true },
    })
    node.child.kill('SIGTERM')
    const finished = await node.finished
    expect(finished.code).toBe(0)
    expect(logged(finished, 'dump.failed')).toMatchObject([{ trigger: 'end', level: 'error' }])
    // Said at the start, when something can be done about it.
    expect(logged(finished, 'watchdog.failed')).toMatchObject([{ level: 'error' }])
    expect(readdirSync(folder)).toEqual(['sluice.config.json'])
  })
})
