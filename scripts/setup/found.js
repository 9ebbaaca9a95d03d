// Which programs are already here: the Node that runs this, and those in .toolchain. Read at every
// start, so it costs a look or two at the disk and loads nothing that only an installation needs.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { atLeast, nodePin, oldestNode } from './pins.js'

/** @typedef {import('./places.js').Places} Places */
/** @typedef {import('./pins.js').Pin} Pin */

/** Whether the Node that runs this is the right one. */
export function runsOnRightNode() {
  return atLeast(process.versions.node, oldestNode)
}

/**
 * The right Node, if the machine or .toolchain has it.
 * @param {Places} places
 * @returns {string | null}
 */
export function findNode(places) {
  if (runsOnRightNode()) return process.execPath
  // Telling glibc from musl costs milliseconds; where only musl is, no such folder was ever made.
  const pin = nodePin(`${process.platform}-${process.arch}`)
  return pin === undefined ? null : findProgram(places, 'node', pin)
}

/**
 * The program of a pin, if .toolchain has it.
 * @param {Places} places
 * @param {'node' | 'pnpm'} kind
 * @param {Pin} pin
 * @returns {string | null}
 */
export function findProgram(places, kind, pin) {
  const program = programIn(folderOf(places, kind, pin), pin)
  return existsSync(program) ? program : null
}

/**
 * The folder in .toolchain that a pin is installed into.
 * @param {Places} places
 * @param {'node' | 'pnpm'} kind
 * @param {Pin} pin
 * @returns {string}
 */
export function folderOf(places, kind, pin) {
  const target = `${process.platform}-${process.arch}`
  return join(places.toolchain, `${kind}-${pin.version}-${target}`)
}

/**
 * Where the program of a fetched package is.
 * @param {string} folder
 * @param {Pin} pin
 * @returns {string}
 */
export function programIn(folder, pin) {
  return join(folder, 'node_modules', ...pin.name.split('/'), ...pin.program.split('/'))
}
