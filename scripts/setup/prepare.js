// Makes a checkout ready to run, and does nothing when it is.
//
//   ready? ── yes ─▶ go on (a few milliseconds, nothing written)
//     └ no ─▶ set it up ─▶ go on

import { devtoolMatches } from './devtool.js'
import { dependenciesMatch } from './fingerprint.js'
import { findNode } from './found.js'

/**
 * Sees to it that the right Node and the packages are there.
 * @param {import('./places.js').Places} places
 * @param {import('./voice.js').Voice} voice
 * @returns {Promise<string>} the path of the right Node
 */
export async function prepare(places, voice) {
  const node = findNode(places)
  if (node !== null && dependenciesMatch(places) && devtoolMatches(places)) return node
  // Loaded only when needed: starting must cost next to nothing where all is there.
  const { setUp } = await import('./set-up.js')
  return setUp(places, voice)
}
