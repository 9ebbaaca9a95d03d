// What the set-up decides before it does anything: which Node and pnpm, whether the packages fit,
// what a failure means, how many tests passed.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hintFor } from '../../scripts/setup/fault.js'
import {
  dependenciesMatch,
  fingerprint,
  stampOf,
  workspacePatterns,
} from '../../scripts/setup/fingerprint.js'
import { atLeast, nodePin, oldestNode, pnpmPin, pnpmVersion } from '../../scripts/setup/pins.js'
import { checkout, placesIn } from '../../scripts/setup/places.js'
import { startArguments } from '../../scripts/setup/start-arguments.js'
import { needs, unmetNeeds } from '../../scripts/setup/system-packages.js'
import { closingLine, countsOf, exitCode } from '../../scripts/setup/verify.js'

const targets = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

function read(file: string): string {
  return readFileSync(join(checkout, file), 'utf8')
}

describe('the pins', () => {
  test.each([
    ['24.12.0', true],
    ['24.21.3', true],
    ['26.0.0', true],
    ['25.0.0-nightly20260101', true],
    ['24.11.9', false],
    ['24.9.0', false],
    ['20.20.2', false],
  ])('Node %s is new enough: %s', (version, expected) => {
    expect(atLeast(version, '24.12.0')).toBe(expected)
  })

  test.each(targets)('%s has a Node that runs the sources, checked by its bytes', (target) => {
    const pin = nodePin(target)
    expect(atLeast(pin?.version ?? '0.0.0', oldestNode)).toBe(true)
    expect(pin?.integrity).toMatch(/^sha512-/)
  })

  test.each(targets)('%s has the pnpm of package.json', (target) => {
    expect(pnpmPin(target)?.version).toBe(pnpmVersion)
    expect(JSON.parse(read('package.json')).packageManager).toBe(`pnpm@${pnpmVersion}`)
  })

  test('a platform that nobody publishes for has none', () => {
    expect(nodePin('linux-x64-musl')).toBeUndefined()
    expect(pnpmPin('sunos-x64')).toBeUndefined()
  })

  test('the oldest Node is the one that the gateway asks for', () => {
    const { engines } = JSON.parse(read('packages/node/package.json'))
    expect(atLeast(oldestNode, `${engines.node.replace('>=', '')}.0`)).toBe(true)
  })
})

test('the lockfile names no address to download from', () => {
  expect(read('pnpm-lock.yaml')).not.toMatch(/https?:|tarball:/)
})

describe('the packages', () => {
  let root: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
    for (const folder of ['node_modules', 'packages/a/node_modules', 'packages/b', 'e2e']) {
      mkdirSync(join(root, folder), { recursive: true })
    }
    for (const folder of ['.', 'packages/a', 'packages/b', 'e2e']) {
      writeFileSync(join(root, folder, 'package.json'), `{ "name": "${folder}" }`)
    }
    writeFileSync(join(root, 'pnpm-lock.yaml'), 'lockfileVersion: 9')
    writeFileSync(join(root, 'pnpm-workspace.yaml'), 'packages:\n  - packages/*\n  - e2e\n')
    const places = placesIn(root)
    writeFileSync(places.stamp, stampOf(places, fingerprint(places)))
  })

  afterEach(() => rmSync(root, { recursive: true }))

  test('fit as they were installed', () => {
    expect(dependenciesMatch(placesIn(root))).toBe(true)
  })

  test.each(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'packages/b/package.json'])(
    'no longer fit once %s changes',
    (file) => {
      writeFileSync(join(root, file), `${readFileSync(join(root, file), 'utf8')}\n`)
      expect(dependenciesMatch(placesIn(root))).toBe(false)
    },
  )

  test('no longer fit once the workspace has one more', () => {
    mkdirSync(join(root, 'packages/c'))
    writeFileSync(join(root, 'packages/c/package.json'), '{}')
    expect(dependenciesMatch(placesIn(root))).toBe(false)
  })

  test.each(['node_modules', 'packages/a/node_modules'])('no longer fit without %s', (folder) => {
    rmSync(join(root, folder), { recursive: true })
    expect(dependenciesMatch(placesIn(root))).toBe(false)
  })
})

test('the workspace is read from pnpm-workspace.yaml, and only its packages', () => {
  const yaml = "# x\npackages:\n  - 'packages/*'\n  # no\n  - e2e # yes\n\ncatalog:\n  - no\n"
  expect(workspacePatterns(yaml)).toEqual(['packages/*', 'e2e'])
  expect(workspacePatterns('catalog: {}')).toEqual([])
})

describe('a failure', () => {
  test.each([
    ['npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write', /disk is full/],
    ["EACCES: permission denied, mkdir '.toolchain'", /may not write/],
    ['npm error code EINTEGRITY', /not what Sluice was made with/],
    ['Error: ERR_PNPM_OUTDATED_LOCKFILE', /"pnpm install"/],
    ['npm error code ENOTFOUND', /cannot be reached/],
    ['npm error code ETARGET', /does not hold this version/],
    ["version `GLIBC_2.28' not found", /does not run on this system/],
  ])('that says "%s" is explained', (said, hint) => {
    expect(hintFor(said)).toMatch(hint)
  })

  test('that nobody knows gets no advice', () => {
    expect(hintFor('segmentation fault')).toBe('')
  })
})

describe('npm start', () => {
  test('runs the example, before the arguments that were given', () => {
    const given = startArguments(['--port', '9'], {}, '/demo.ts')
    expect(given).toEqual(['start', '--config', '/demo.ts', '--port', '9'])
  })

  test.each([
    [['--config', 'mine.ts'], {}],
    [['--config=mine.ts'], {}],
    [[], { SLUICE_CONFIG: 'mine.ts' }],
  ])('leaves a config that was named alone: %j %j', (args, env) => {
    expect(startArguments(args, env, '/demo.ts')).toEqual(['start', ...args])
  })

  test('runs without a config where there is no example', () => {
    expect(startArguments([], {}, null)).toEqual(['start'])
  })
})

describe('npm test', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{}] }],
  }

  test('ends with the counts', () => {
    expect(closingLine(countsOf(report))).toBe('5 passed, 0 failed')
    expect(closingLine(countsOf({ ...report, numPendingTests: 2, numTodoTests: 1 }))).toBe(
      '5 passed, 0 failed, 3 skipped',
    )
  })

  test('counts a file that could not be loaded as a failure', () => {
    const unloaded = { status: 'failed', assertionResults: [] }
    const counts = countsOf({ ...report, testResults: [unloaded] })
    expect(counts.failed).toBe(1)
    expect(exitCode(0, 0, counts)).toBe(1)
  })

  test.each([
    ['all is well', 0, 0, { passed: 1, failed: 0, skipped: 9 }, 0],
    ['a test failed', 0, 0, { passed: 1, failed: 1, skipped: 0 }, 1],
    ['nothing ran', 0, 0, { passed: 0, failed: 0, skipped: 9 }, 1],
    ['the checks failed', 1, 0, { passed: 1, failed: 0, skipped: 0 }, 1],
    ['vitest is not content', 0, 1, { passed: 1, failed: 0, skipped: 0 }, 1],
    ['vitest left no report', 0, 0, null, 1],
  ])('when %s', (_, checks, tests, counts, expected) => {
    expect(exitCode(checks, tests, counts)).toBe(expected)
  })

  test('looks for each program under every name it has', () => {
    const chrome = '/opt/bin/google-chrome'
    expect(unmetNeeds('/bin:/opt/bin', () => false)).toEqual(needs)
    expect(unmetNeeds('/bin:/opt/bin', (file) => file === chrome).map((n) => n.what)).toEqual([
      'Redis',
      'Prometheus',
      'Alertmanager',
    ])
  })
})
