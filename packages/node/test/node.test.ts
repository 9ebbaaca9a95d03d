// Wherever a start fails, everything that was opened until then is closed again: the process that tried ends by itself.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { NodeConfig } from '../src/option-schema.ts'
import { listen } from './http/harness.ts'
import type { FailingStart, Leftovers } from './support/failing-start.ts'

const program = new URL('./support/failing-start.ts', import.meta.url).pathname
const nowhere = join(tmpdir(), 'sluice-nowhere')

/** What there is to close: a bus that looks for its Redis, a tracer, a watchdog. */
const everything: NodeConfig = {
  ...{ port: 0, adminPort: 0, insecure: true },
  redis: 'redis://127.0.0.1:1',
  tracing: { endpoint: 'http://127.0.0.1:1/v1/traces' },
  dumps: { rules: [{ name: 'pauses', figure: 'gcPauseMs', above: 1_000 }] },
}

/** Resolves when the process has ended. */
async function fail({ config, ...wrong }: Partial<FailingStart>): Promise<Leftovers> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const dumps = { ...everything.dumps, dir }
  const given: FailingStart = { config: { ...everything, dumps, ...config }, ...wrong }
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    JSON.stringify(given),
  ])
  return JSON.parse(stdout) as Leftovers
}

describe('a start that fails leaves nothing', () => {
  test.each<[string, Partial<FailingStart>, RegExp]>([
    ['when there is no table', { maxActors: -1 }, /option_invalid.*maxActors/],
    [
      'when a key cannot be read',
      { config: { tokens: { publicKeys: [nowhere] } } },
      /sluice-nowhere/,
    ],
    ['when a module cannot be loaded', { config: { rpc: { bid: nowhere } } }, /sluice-nowhere/],
    ['when there is no bus', { noBus: true }, /no bus/],
    [
      'when the certificate cannot be read',
      { config: { tls: { cert: nowhere, key: nowhere } } },
      /tls\.cert/,
    ],
    ['when the table is full', { maxActors: 3 }, /too_many_actors/],
  ])('%s', async (_when, wrong, why) => {
    const found = await fail(wrong)
    expect(found.why).toMatch(why)
    expect(found.left).toEqual([])
  })

  test.each(['port', 'adminPort'])('when its %s is taken', async (name) => {
    const taken = await listen(createServer())
    const found = await fail({ config: { [name]: taken } })
    expect(found.why).toMatch(new RegExp(`EADDRINUSE.*${taken}`))
    expect(found.left).toEqual([])
  })
})
