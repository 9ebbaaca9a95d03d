// A node in a process of its own that can be told to come to harm, and the dumps that it leaves.

import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dump } from '@sluice/core'
import { expect, onTestFinished } from 'vitest'
import { Archive, type ArchivedDump } from '../../src/seeing/archive.ts'
import { dumpsDefaults } from '../../src/seeing/dump-options.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { type Finished, type Running, start } from '../cli/run.ts'

const module = new URL('../support/behaviors/ending.ts', import.meta.url).pathname
const ways = [
  ...['throwLater', 'rejectLater', 'exitLater'],
  ...['spinFor', 'spinForEver', 'spinNow', 'waitFor', 'hoard'],
]

export interface Story {
  node: Running
  folder: string
  /** Calls a method of the behaviour through the server API. */
  call: (way: string, data?: unknown) => Promise<void>
  /** Every dump there is, the oldest first. */
  dumps: () => Promise<Dump[]>
  /** Resolves when there is one, whatever the node is doing. */
  written: () => Promise<ArchivedDump>
  admin: string
}

/** A node of its own, gone with its folder when the test is over. */
export async function startStory(
  config: NodeConfig = {},
  environment: Record<string, string> = {},
): Promise<Story> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-story-'))
  const rpc = Object.fromEntries(ways.map((way) => [`ending.${way}`, module]))
  const dumps = { dir: 'dumps', watchdog: false, ...config.dumps }
  writeFileSync(
    join(folder, 'sluice.config.json'),
    JSON.stringify({
      ...{ name: 'n1', port: 0, adminPort: 0, insecure: true, log: { level: 'debug' }, rpc },
      ...config,
      dumps,
    }),
  )
  const node = start(['start'], folder, { SLUICE_DUMPS_DIR: '', ...environment })
  onTestFinished(async () => {
    node.child.kill('SIGKILL')
    await node.finished
    rmSync(folder, { recursive: true })
  })
  const line = await node.line(/^sluice ready/)
  // Its thread may be later than the node.
  if (config.dumps?.watchdog === true) await node.line(/"watchdog\.(started|failed)"/)
  const [, client = '', admin = ''] = /client (\S+) {2}admin (\S+)/.exec(line) ?? []
  const archive = new Archive({ ...dumpsDefaults, dir: join(folder, 'dumps') })
  return {
    node,
    folder,
    async call(way, data = null) {
      const response = await fetch(`${client}/api/rpc`, {
        method: 'POST',
        body: JSON.stringify({ method: `ending.${way}`, data }),
      })
      expect(await response.json()).toEqual({ result: { data: true } })
    },
    admin,
    written: () =>
      new Promise((resolve) => {
        const look = (): void => {
          const [newest] = archive.list()
          if (newest === undefined) return
          watcher.close()
          resolve(newest)
        }
        const watcher = watch(archive.folder, look)
        onTestFinished(() => watcher.close())
        look()
      }),
    async dumps() {
      const listed = archive.list().toReversed()
      const texts = await Promise.all(listed.map(({ id }) => archive.read(id)))
      return texts.map((text) => JSON.parse(String(text)) as Dump)
    },
  }
}

/** The log's lines with this message. */
export const logged = ({ stdout }: Finished, msg: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { msg: string })
    .filter((line) => line.msg === msg)
