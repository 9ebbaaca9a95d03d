// The devtool's page, built from its sources when they have changed. A second, once; nothing else here is built.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFault } from './fault.js'
import { runQuietly } from './run.js'
import { environmentFor } from './toolchain.js'

/** @typedef {import('./places.js').Places} Places */

/** What the page is made from, but for its packages. */
const sources = ['src', 'public', 'index.html', 'vite.config.ts', '../core/src']

/**
 * Whether the page is what its sources say, or cannot be made here.
 * @param {Places} places
 * @returns {boolean}
 */
export function devtoolMatches(places) {
  if (!existsSync(join(places.devtool, 'src'))) return true
  try {
    return readFileSync(stampOf(places), 'utf8') === hashOf(places)
  } catch {
    return false
  }
}

/**
 * Builds the page.
 * @param {import('./toolchain.js').Work} work
 * @param {string} node
 */
export async function buildDevtool({ places, voice, lock }, node) {
  const hash = hashOf(places)
  const vite = join(places.devtool, 'node_modules', 'vite', 'bin', 'vite.js')
  await voice.during('building the devtool', async () => {
    // Whoever calls this may be under test, and the page is not.
    const env = { ...environmentFor(node), NODE_ENV: 'production' }
    const options = { cwd: places.devtool, env, lock, killAfterMs: 10_000 }
    const ended = await runQuietly(node, [vite, 'build', '--logLevel', 'warn'], options)
    if (ended.code !== 0) {
      const message = `The devtool could not be built (exit ${ended.code}).`
      throw new SetupFault(message, { output: ended.output })
    }
  })
  noteDevtool(places, hash)
}

/**
 * Notes from what the page was built.
 * @param {Places} places
 * @param {string} [hash] of its sources, from before it was
 */
export function noteDevtool(places, hash = hashOf(places)) {
  writeFileSync(stampOf(places), hash)
}

/** @param {Places} places */
function stampOf(places) {
  return join(places.devtool, 'dist', '.sluice-setup')
}

/** @param {Places} places */
function hashOf(places) {
  const hash = createHash('sha256')
  for (const source of sources) addTo(hash, join(places.devtool, source))
  return hash.digest('hex')
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function addTo(hash, path) {
  let names
  try {
    names = readdirSync(path).sort()
  } catch {
    hash.update(existsSync(path) ? readFileSync(path) : '').update('\0')
    return
  }
  for (const name of names) {
    hash.update(`${name}\n`)
    addTo(hash, join(path, name))
  }
}
