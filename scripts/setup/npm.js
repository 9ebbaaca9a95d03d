// Fetches one package with the machine's own npm, by name and version, with whatever registry,
// proxy and cache npm is set up to use here.
//
// The folder gets a lockfile made from the pin, so npm itself checks the bytes, and no install
// script runs: a package that was swapped can neither be installed nor do anything.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupFault, hintFor } from './fault.js'
import { runQuietly } from './run.js'

/** @typedef {import('./pins.js').Pin} Pin */

/**
 * Fetches `pin` into `folder`, which becomes its own little npm project.
 * @param {Pin} pin
 * @param {string} folder
 * @param {import('./run.js').RunOptions} options
 * @returns {Promise<string>} what npm said: a full disk is no fault to it, but a warning
 */
export async function fetchPackage(pin, folder, options) {
  mkdirSync(folder, { recursive: true })
  const manifest = {
    name: 'toolchain',
    version: '0.0.0',
    private: true,
    dependencies: { [pin.name]: pin.version },
  }
  const { name, version, dependencies } = manifest
  const entry = { version: pin.version, ...(pin.integrity && { integrity: pin.integrity }) }
  const packages = { '': { name, version, dependencies }, [`node_modules/${pin.name}`]: entry }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages }),
  )
  const [npm, ...first] = npmCommand()
  // npm's own waits between tries add up to a minute; without a network that is a minute of silence.
  const waits = ['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000']
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn']
  const args = [...first, 'ci', '--ignore-scripts', ...waits, ...quiet]
  const ended = await runQuietly(npm, args, { ...options, cwd: folder, killAfterMs: 2_000 })
  if (ended.missing) {
    throw new SetupFault('npm is not on this machine.', {
      hint: 'Install Node together with npm (any version from 18 on); Sluice fetches the rest by it.',
    })
  }
  if (ended.code !== 0) {
    throw new SetupFault(`npm could not fetch ${pin.name}@${pin.version} (exit ${ended.code}).`, {
      hint: hintFor(ended.output),
      output: readable(ended.output),
    })
  }
  return readable(ended.output)
}

// Each line once, without the stack and the properties that npm adds to a failed request.
/** @param {string} output */
function readable(output) {
  const lines = [...new Set(output.split('\n'))]
  return lines.filter((line) => !/^npm error( +at .*| {3}\w+: .*| \}|)$/.test(line)).join('\n')
}

// The npm that started us, else the one that belongs to this Node, else the first on the PATH.
/** @returns {[string, ...string[]]} */
function npmCommand() {
  const caller = process.env['npm_execpath'] ?? ''
  const beside = join(dirname(process.execPath), '..', 'lib/node_modules/npm/bin/npm-cli.js')
  const script = [caller, beside].find((path) => path.endsWith('npm-cli.js') && existsSync(path))
  return script === undefined ? ['npm'] : [process.execPath, script]
}
