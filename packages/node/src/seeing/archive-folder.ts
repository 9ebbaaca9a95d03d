// The folder of the archive. One that the options name is the operator's choice, whoever owns it. Else it is below this
// user's state folder, or, where that cannot be written (a container whose root file system is read-only), below the
// system's folder for temporary files. That one is open to all users: there, only a folder that is this user's alone is
// good enough, or another user could read dumps, or replace them.

import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { SluiceError } from '@sluice/core'

/** Where dumps go when nobody says: the first that can be used. */
export function defaultFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const { XDG_STATE_HOME: stated = '' } = environment
  // The specification of XDG_STATE_HOME tells to ignore relative ones.
  const state = isAbsolute(stated) ? stated : join(homedir(), '.local', 'state')
  return [
    join(state, 'sluice', 'dumps'),
    join(tmpdir(), `sluice-${process.getuid?.() ?? userInfo().username}`, 'dumps'),
  ]
}

/** The folder to use, made if need be. Throws a SluiceError that says what is wrong with each candidate. */
export function openFolder(
  given: string | undefined,
  candidates: readonly string[] = defaultFolders(),
): string {
  const problems: string[] = []
  for (const folder of given === undefined ? candidates : [given]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (given === undefined) demandOwn(folder)
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      return folder
    } catch (error) {
      problems.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new SluiceError('not_available', `no folder for dumps: ${problems.join('; ')}`)
}

function demandOwn(folder: string): void {
  // Also the one above: who owns that could put another in the place of this.
  for (const path of [join(folder, '..'), folder]) {
    const found = lstatSync(path)
    const own = process.getuid === undefined || found.uid === process.getuid()
    if (!found.isDirectory() || !own || (found.mode & 0o022) !== 0) {
      throw new Error(`${path} is no folder that only this user may write to`)
    }
  }
}
