// `npm test`: types, lint and format, then every test, then one line that anybody can count by.
//
//   N passed, N failed[, N skipped]
//
// The counts come from vitest's own report. A test file that could not even be loaded counts as a
// failure, for its tests did not run.

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInForeground } from './run.js'
import { provideSystemPackages } from './system-packages.js'
import { environmentFor } from './toolchain.js'

/** @typedef {import('./places.js').Places} Places */
/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What is read of vitest's JSON report.
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[] }} Report
 */

/**
 * Checks everything.
 * @param {Places} places
 * @param {import('./voice.js').Voice} voice
 * @param {string} node
 * @param {string[]} args go to vitest
 * @returns {Promise<number>} the exit code
 */
export async function verify(places, voice, node, args) {
  await provideSystemPackages(voice)
  const env = environmentFor(node, [join(places.modules, '.bin')])

  voice.say('checking types, lint and format …')
  const check = await runInForeground('sh', ['-c', checkScript(places)], { cwd: places.root, env })

  voice.say('running the tests …')
  const { code, counts } = await runTests(places, node, env, args)

  if (check.code !== 0) voice.say('types, lint or format failed, see above')
  if (counts === null) voice.say(`vitest ended without a report (exit ${code})`)
  else if (counts.passed + counts.failed === 0) voice.say('no test ran')
  process.stdout.write(`\n${closingLine(counts)}\n`)
  return exitCode(check.code, code, counts)
}

/**
 * 0 only if the checks passed, vitest was content, and at least one test ran and none failed.
 * @param {number} checkCode
 * @param {number} testCode
 * @param {Counts | null} counts
 * @returns {number}
 */
export function exitCode(checkCode, testCode, counts) {
  const good = counts !== null && counts.passed > 0 && counts.failed === 0
  return good && checkCode === 0 && testCode === 0 ? 0 : 1
}

/**
 * @param {Report} report
 * @returns {Counts}
 */
export function countsOf(report) {
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * @param {Counts | null} counts
 * @returns {string}
 */
export function closingLine(counts) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 }
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** @param {Places} places @param {string} node @param {NodeJS.ProcessEnv} env @param {string[]} args */
async function runTests(places, node, env, args) {
  rmSync(places.report, { force: true })
  const vitest = join(places.modules, 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${places.report}`]
  const options = { cwd: places.root, env }
  const ended = await runInForeground(node, [vitest, 'run', ...reporters, ...args], options)
  return { code: ended.code, counts: readCounts(places.report) }
}

/** @param {string} file @returns {Counts | null} */
function readCounts(file) {
  try {
    return countsOf(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** @param {Places} places @returns {string} */
function checkScript(places) {
  const manifest = JSON.parse(readFileSync(join(places.root, 'package.json'), 'utf8'))
  return manifest.scripts.check
}
