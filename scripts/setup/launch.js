// Runs the CLI under the right Node: here if this is it, else in its place.

import { pathToFileURL } from 'node:url'
import { prepare } from './prepare.js'
import { runsOnRightNode } from './found.js'

/**
 * Makes the checkout ready and runs `sluice` with these arguments.
 * @param {import('./places.js').Places} places
 * @param {import('./voice.js').Voice} voice
 * @param {string[]} args
 * @returns {Promise<void>}
 */
export async function launch(places, voice, args) {
  const node = await prepare(places, voice)
  if (!runsOnRightNode()) {
    const { handOver } = await import('./hand-over.js')
    await handOver(node, [places.cli, ...args])
  }
  process.argv = [process.execPath, places.cli, ...args]
  await import(pathToFileURL(places.main).href)
}
