// Whether node_modules is what the lockfile says.
//
// After an installation node_modules/.sluice-setup holds a fingerprint of everything it was made
// from, and the folders it made: somebody may remove those of one package alone. Comparing reads a
// dozen small files; asking pnpm would cost ten times as much.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pnpmVersion } from './pins.js'

/** @typedef {import('./places.js').Places} Places */

/**
 * Whether the packages that the checkout needs are there.
 * @param {Places} places
 * @returns {boolean}
 */
export function dependenciesMatch(places) {
  const [noted, ...folders] = readOrEmpty(places.stamp).trim().split('\n')
  return (
    noted === fingerprint(places) &&
    folders.every((folder) => existsSync(join(places.root, folder)))
  )
}

/**
 * What an installation leaves behind for `dependenciesMatch`.
 * @param {Places} places
 * @param {string} expected the fingerprint from before it
 * @returns {string}
 */
export function stampOf(places, expected) {
  const made = packageFolders(places).map((folder) => join(folder, 'node_modules'))
  const there = made.filter((folder) => existsSync(folder))
  return [expected, ...there.map((folder) => relative(places.root, folder)), ''].join('\n')
}

/**
 * A hash of everything that decides what is in node_modules.
 * @param {Places} places
 * @returns {string}
 */
export function fingerprint(places) {
  const hash = createHash('sha256')
  // A checkout may be shared between machines that need other binaries.
  hash.update(`${pnpmVersion} ${process.platform} ${process.arch}\n`)
  const manifests = packageFolders(places).map((folder) => join(folder, 'package.json'))
  for (const file of [places.lockfile, places.workspace, ...manifests]) {
    hash
      .update(`${file.slice(places.root.length)}\n`)
      .update(readOrEmpty(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * The folders of the root package and of every package of the workspace.
 * @param {Places} places
 * @returns {string[]}
 */
function packageFolders(places) {
  const folders = workspacePatterns(readOrEmpty(places.workspace)).flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [join(places.root, pattern)]
    const parent = join(places.root, pattern.slice(0, -2))
    return namesIn(parent).map((name) => join(parent, name))
  })
  return [places.root, ...folders.filter((folder) => existsSync(join(folder, 'package.json')))]
}

/**
 * The entries under `packages:` in pnpm-workspace.yaml: `folder` or `folder/*`.
 * @param {string} yaml
 * @returns {string[]}
 */
export function workspacePatterns(yaml) {
  const block =
    /^packages:[^\n]*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?\n)*)/m.exec(`${yaml}\n`)?.[1] ?? ''
  return [...block.matchAll(/^[ \t]*-[ \t]*['"]?([^'"#\s]+)/gm)].map((match) => match[1] ?? '')
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
