// What some tests need from the system: Redis, a browser, Prometheus. Installed from the system's own
// packages where this user may do so without being asked for a password; else named, and the tests
// themselves decide what they can check without it.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runQuietly } from './run.js'

/**
 * @typedef {{ what: string, programs: string[], packageName: string, neededBy: string }} Need
 */

/** @type {Need[]} */
export const needs = [
  {
    what: 'Redis',
    programs: ['redis-server'],
    packageName: 'redis-server',
    neededBy: 'the tests of the Redis bus and of several nodes',
  },
  {
    what: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    packageName: 'chromium',
    neededBy: 'the tests in a real browser',
  },
  {
    what: 'Prometheus',
    programs: ['promtool'],
    packageName: 'prometheus',
    neededBy: 'the tests of the alert rules',
  },
  {
    what: 'Alertmanager',
    programs: ['prometheus-alertmanager', 'alertmanager'],
    packageName: 'prometheus-alertmanager',
    neededBy: 'the tests of the way from an alert to a dump',
  },
]

/**
 * The needs that nothing on `path` fulfils.
 * @param {string} path as in PATH
 * @param {(file: string) => boolean} [exists]
 * @returns {Need[]}
 */
export function unmetNeeds(path, exists = existsSync) {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  return needs.filter(
    ({ programs }) =>
      !folders.some((folder) => programs.some((program) => exists(join(folder, program)))),
  )
}

/**
 * Installs what is missing, as far as that is possible, and says what is left. Never a fault.
 * @param {import('./voice.js').Voice} voice
 */
export async function provideSystemPackages(voice) {
  const missing = unmetNeeds(systemPath())
  if (missing.length === 0) return
  const apt = await aptCommand()
  if (apt !== null) {
    const names = missing.map((need) => need.what).join(', ')
    await voice.during(`installing ${names} from the system's packages, for the tests`, () =>
      aptInstall(
        apt,
        missing.map((need) => need.packageName),
        voice,
      ),
    )
  }
  for (const { what, packageName, neededBy } of unmetNeeds(systemPath())) {
    voice.say(`${what} is not here (${packageName}); ${neededBy} need it`)
  }
}

// Debian keeps servers out of the PATH of ordinary users.
function systemPath() {
  return [process.env['PATH'] ?? '', '/usr/bin', '/usr/sbin', '/usr/local/bin'].join(delimiter)
}

/**
 * The command that installs packages with no password; null where there is none.
 * @returns {Promise<string[] | null>}
 */
async function aptCommand() {
  if (process.platform !== 'linux') return null
  const found = await runQuietly('apt-get', ['--version'])
  if (found.code !== 0) return null
  if (process.getuid?.() === 0) return ['apt-get']
  const sudo = await runQuietly('sudo', ['-n', 'true'])
  return sudo.code === 0 ? ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] : null
}

/** @param {string[]} apt @param {string[]} names @param {import('./voice.js').Voice} voice */
async function aptInstall(apt, names, voice) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another apt may be at work on a machine that has just started: wait for it, up to two minutes.
  const patience = ['-o', 'DPkg::Lock::Timeout=120']
  /** @param {string[]} args */
  const run = (args) => {
    const [file = '', ...first] = apt
    return runQuietly(file, [...first, ...patience, ...args], { env })
  }
  const install = ['install', '-y', '--no-install-recommends', ...names]
  let ended = await run(install)
  if (ended.code !== 0) {
    // The lists of a new machine are empty or old.
    await run(['update'])
    ended = await run(install)
  }
  if (ended.code !== 0) voice.say(`apt-get could not install them:\n${ended.output}`)
}
