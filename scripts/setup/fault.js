// A fault of the set-up: what failed in one sentence, what can be done about it in another, and
// the last lines of the program that failed, if one did.

/** Something the user can act on; anything else that is thrown is a bug of ours. */
export class SetupFault extends Error {
  /** What can be done about it. */
  hint
  /** The end of what the failing program printed. */
  output

  /** @param {string} message @param {{ hint?: string, output?: string, cause?: unknown }} [more] */
  constructor(message, { hint = '', output = '', cause } = {}) {
    super(message, { cause })
    this.name = 'SetupFault'
    this.hint = hint
    this.output = output
  }
}

/** The set-up was told to stop: not a fault, and it ends the way the signal asks. */
export class Interrupted extends Error {
  signal

  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.name = 'Interrupted'
    this.signal = signal
  }
}

/**
 * The code of a system error, such as ENOENT; empty for anything else.
 * @param {unknown} error
 * @returns {string}
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

// What a program prints when the machine, and not the program, is at fault. The first match wins:
// a full disk often shows up as a broken download too.
/** @type {[RegExp, string][]} */
const causes = [
  [/ENOSPC|no space left/i, 'The disk is full. Make room, then start again.'],
  [/EROFS|read-only file system/i, 'The checkout is on a read-only file system.'],
  [/EACCES|EPERM|permission denied/i, 'This user may not write to the checkout or to the cache.'],
  [
    /EINTEGRITY|TARBALL_INTEGRITY|BAD_TARBALL/i,
    'What was downloaded is not what Sluice was made with; nothing of it was kept. A proxy or a mirror may have changed it.',
  ],
  [
    /OUTDATED_LOCKFILE|lockfile is not up to date/i,
    'A package.json was changed after the lockfile. Run "pnpm install" and commit pnpm-lock.yaml.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|META_FETCH_FAIL|network|dns error|error sending request/i,
    'The npm registry cannot be reached. Check the network, and the proxy and registry settings of npm.',
  ],
  [
    /E404|ETARGET|FETCH_404|NO_MATCHING_VERSION|ERR_PNPM_NO_MATURE/i,
    'The npm registry in use does not hold this version.',
  ],
  [/E401|E403|FETCH_40[13]/i, 'The npm registry in use asks for a login, or refuses this one.'],
  [/GLIBC|ELF|cannot execute binary|Exec format/i, 'The program does not run on this system.'],
]

/**
 * What can be done about a failure, read from what the program or the system said.
 * @param {string} said
 * @returns {string} empty where nothing is known
 */
export function hintFor(said) {
  return causes.find(([pattern]) => pattern.test(said))?.[1] ?? ''
}

/**
 * A fault from something thrown by the file system or a spawn.
 * @param {string} message
 * @param {unknown} cause
 * @returns {SetupFault}
 */
export function faultFrom(message, cause) {
  if (cause instanceof SetupFault) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  return new SetupFault(`${message}: ${said}`, { hint: hintFor(said), cause })
}
