// The right Node and pnpm: those of the machine where they fit, else our own in .toolchain.
//
// A program is fetched into a folder of its own, asked for its version, and only then renamed to
// its name. So whatever bears such a name is whole, whoever was killed when, and finding it again
// costs one look at the disk.

import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { SetupFault, codeOf, faultFrom, hintFor } from './fault.js'
import { findNode, findProgram, folderOf, programIn } from './found.js'
import { fetchPackage } from './npm.js'
import { nodePin, oldestNode, pnpmPin, pnpmVersion, targetOf } from './pins.js'
import { runQuietly } from './run.js'

/** @typedef {import('./places.js').Places} Places */
/** @typedef {import('./pins.js').Pin} Pin */
/** @typedef {{ places: Places, voice: import('./voice.js').Voice, lock: import('./lock.js').Lock }} Work */

/**
 * The right Node, fetched if need be.
 * @param {Work} work
 * @returns {Promise<string>}
 */
export async function ensureNode(work) {
  const found = findNode(work.places)
  if (found !== null) return found
  work.voice.say(
    `this is Node ${process.versions.node}; Sluice runs on ${oldestNode} or newer, so it gets its own`,
  )
  const target = targetOf(process)
  const pin = nodePin(target)
  if (pin === undefined) throw unknownPlatform(target, `Node ${oldestNode} or newer`)
  return install(work, 'node', pin)
}

/**
 * The right pnpm, fetched if need be.
 * @param {Work} work
 * @param {string} node
 * @returns {Promise<string>}
 */
export async function ensurePnpm(work, node) {
  const target = targetOf(process)
  const pin = pnpmPin(target)
  const found = pin === undefined ? null : findProgram(work.places, 'pnpm', pin)
  if (found !== null) return found
  if (await machineHasPnpm(work, node)) return 'pnpm'
  if (pin === undefined) throw unknownPlatform(target, `pnpm ${pnpmVersion}`)
  return install(work, 'pnpm', pin)
}

/**
 * An environment in which `node` is the right one for every program that looks for it.
 * @param {string} node
 * @param {string[]} [before] folders to look into first
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(node, before = []) {
  const path = [...before, dirname(node), process.env['PATH'] ?? ''].join(delimiter)
  return { ...process.env, PATH: path }
}

// A pnpm that is a shim of corepack would go and fetch something first: it is told not to.
/** @param {Work} work @param {string} node */
async function machineHasPnpm({ places }, node) {
  const env = { ...environmentFor(node), COREPACK_ENABLE_NETWORK: '0' }
  const options = { cwd: places.root, env, timeoutMs: 5_000 }
  const ended = await runQuietly('pnpm', ['--version'], options)
  return ended.code === 0 && ended.output === pnpmVersion
}

/**
 * @param {Work} work
 * @param {'node' | 'pnpm'} kind
 * @param {Pin} pin
 * @returns {Promise<string>}
 */
async function install({ places, voice, lock }, kind, pin) {
  const title = `${kind === 'node' ? 'Node' : 'pnpm'} ${pin.version}`
  const folder = folderOf(places, kind, pin)
  const fresh = join(places.toolchain, `new-${kind}-${process.pid}`)
  await voice.during(`installing ${title} into .toolchain (once)`, async () => {
    try {
      sweepUnfinished(places.toolchain)
      const said = await fetchPackage(pin, fresh, { lock })
      await verify(programIn(fresh, pin), { title, version: pin.version, said })
      rmSync(folder, { recursive: true, force: true })
      renameSync(fresh, folder)
      link(places, kind, programIn(folder, pin))
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true })
      throw codeOf(error) === '' ? error : faultFrom(`${title} could not be installed`, error)
    }
  })
  return programIn(folder, pin)
}

// npm may report success and have written half a program.
/** @param {string} program @param {{ title: string, version: string, said: string }} expected */
async function verify(program, { title, version, said }) {
  if (!existsSync(program)) throw new SetupFault(`The package of ${title} holds no program.`)
  chmodSync(program, 0o755)
  const ended = await runQuietly(program, ['--version'])
  if (ended.code === 0 && ended.output.replace(/^v/, '') === version) return
  const output = `${said}\n${ended.output}`.trim()
  const message = `${title} was fetched, but does not run here (exit ${ended.code}).`
  throw new SetupFault(message, { hint: hintFor(output), output })
}

// Only the holder of the lock installs, so any unfinished folder is that of somebody killed.
/** @param {string} toolchain */
function sweepUnfinished(toolchain) {
  for (const name of readdirSync(toolchain)) {
    if (name.startsWith('new-')) rmSync(join(toolchain, name), { recursive: true, force: true })
  }
}

/** @param {Places} places @param {string} kind @param {string} program */
function link(places, kind, program) {
  mkdirSync(places.links, { recursive: true })
  const fresh = join(places.links, `.${kind}-${process.pid}`)
  rmSync(fresh, { force: true })
  symlinkSync(relative(places.links, program), fresh)
  renameSync(fresh, join(places.links, kind))
}

/** @param {string} target @param {string} what */
function unknownPlatform(target, what) {
  return new SetupFault(`The npm registry has no ${what} for ${target}.`, {
    hint: `Install ${what} on this machine another way, then start again.`,
  })
}
