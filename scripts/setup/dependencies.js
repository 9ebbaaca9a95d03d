// Whether node_modules is what the lockfile says, and the installation that makes it so.
//
// After an installation node_modules/.sluice-setup holds a fingerprint of everything it was made
// from, and the folders it made: somebody may remove those of one package alone. Comparing reads a
// dozen small files; asking pnpm would cost ten times as much.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SetupFault, faultFrom, hintFor } from './fault.js'
import { pnpmVersion } from './pins.js'
import { runQuietly } from './run.js'
import { environmentFor } from './toolchain.js'

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
    const ended = await runQuietly(pnpm, args, { cwd: places.root, env, lock })
    if (ended.code !== 0) {
      const { output } = ended
      const message = `pnpm could not install the packages (exit ${ended.code}).`
      throw new SetupFault(message, { hint: hintFor(output), output })
    }
  })
  try {
    const fromRoot = (/** @type {string} */ folder) => relative(places.root, folder)
    const made = packageFolders(places).map((folder) => join(folder, 'node_modules'))
    const lines = [expected, ...made.filter((folder) => existsSync(folder)).map(fromRoot)]
    writeFileSync(`${places.stamp}.new`, `${lines.join('\n')}\n`)
    renameSync(`${places.stamp}.new`, places.stamp)
  } catch (error) {
    throw faultFrom('the packages are there, but that could not be noted', error)
  }
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
