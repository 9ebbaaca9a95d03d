// Makes node_modules what the lockfile says, with pnpm, and notes from what it was made.

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { SetupFault, faultFrom, hintFor } from './fault.js'
import { fingerprint, stampOf } from './fingerprint.js'
import { pnpmVersion } from './pins.js'
import { runQuietly } from './run.js'
import { environmentFor } from './toolchain.js'

/**
 * Makes node_modules what the lockfile says.
 * @param {import('./toolchain.js').Work} work
 * @param {{ node: string, pnpm: string }} tools
 */
export async function installDependencies({ places, voice, lock }, { node, pnpm }) {
  rmSync(places.stamp, { force: true })
  const expected = fingerprint(places)
  // CI=true: never ask whether node_modules may be replaced; nobody is there to answer.
  const env = { ...environmentFor(node), CI: 'true' }
  const waits = ['--config.fetch-retry-mintimeout=2000', '--config.fetch-retry-maxtimeout=10000']
  const args = ['install', '--frozen-lockfile', '--reporter=append-only', ...waits]
  await voice.during(`installing packages with pnpm ${pnpmVersion}`, async () => {
    const ended = await runQuietly(pnpm, args, { cwd: places.root, env, lock, killAfterMs: 10_000 })
    if (ended.code !== 0) {
      const { output } = ended
      const message = `pnpm could not install the packages (exit ${ended.code}).`
      throw new SetupFault(message, { hint: hintFor(output), output })
    }
  })
  try {
    writeFileSync(`${places.stamp}.new`, stampOf(places, expected))
    renameSync(`${places.stamp}.new`, places.stamp)
  } catch (error) {
    throw faultFrom('the packages are there, but that could not be noted', error)
  }
}
