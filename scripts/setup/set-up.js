// Sets a checkout up, one process at a time.
//
//   lock ─▶ the right Node ─▶ the right pnpm ─▶ packages ─▶ the devtool's page ─▶ unlock

import { accessSync, constants } from 'node:fs'
import { installDependencies } from './dependencies.js'
import { buildDevtool, devtoolMatches } from './devtool.js'
import { SetupFault, faultFrom } from './fault.js'
import { dependenciesMatch } from './fingerprint.js'
import { acquireLock } from './lock.js'
import { atLeast, oldestNodeForSetup } from './pins.js'
import { ensureNode, ensurePnpm } from './toolchain.js'

/** @typedef {import('./places.js').Places} Places */
/** @typedef {import('./voice.js').Voice} Voice */

/**
 * Fetches whatever is missing.
 * @param {Places} places
 * @param {Voice} voice
 * @returns {Promise<string>} the path of the right Node
 */
export async function setUp(places, voice) {
  if (!atLeast(process.versions.node, oldestNodeForSetup)) {
    throw new SetupFault(`This is Node ${process.versions.node}, too old to set Sluice up.`, {
      hint: `Any Node from ${oldestNodeForSetup} on will do; it fetches the right one itself.`,
    })
  }
  const lock = await takeLock(places, voice)
  try {
    // Whoever held the lock before may have done all of it.
    const work = { places, voice, lock }
    const node = await ensureNode(work)
    if (!dependenciesMatch(places)) {
      const pnpm = await ensurePnpm(work, node)
      await installDependencies(work, { node, pnpm })
    }
    if (!devtoolMatches(places)) await buildDevtool(work, node)
    return node
  } finally {
    lock.release()
  }
}

/** @param {Places} places @param {Voice} voice */
async function takeLock(places, voice) {
  try {
    accessSync(places.root, constants.W_OK)
    return await acquireLock(places.lock, (pid) =>
      voice.say(`process ${pid} is setting up this checkout; waiting for it …`),
    )
  } catch (error) {
    throw faultFrom('the checkout cannot be set up', error)
  }
}
