// What the tests of dumps stand on: a folder of their own, and dumps to lay into it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem, type Dump, takeDump } from '@sluice/core'
import { onTestFinished } from 'vitest'

/** An empty folder, gone when the test is over. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-dumps-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const taken: Dump = takeDump(createSystem({ maxActors: 64, recorderSize: 2 }))

/** A dump that was taken at this time. */
export function dumpAt(at: number, more: Partial<Dump> = {}): Dump {
  return { ...taken, takenAt: new Date(at).toISOString(), ...more }
}
