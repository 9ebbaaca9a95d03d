// A lock that two processes of one checkout can trust, made of nothing but folders and renames.
//
//   claim-<token>/owner.json ──rename──▶ lock/owner.json        taken: a rename onto a folder that
//                                        lock/child-<pid>.json  is not empty fails, so one wins
//   lock/ ──rename──▶ released-<token>/                         given back
//   lock/ ──rename──▶ dead-<owner's token>/                     broken, when its processes are dead
//
// Breaking is the delicate part: two processes may both have seen the same dead owner, and the
// slower one must not take away the lock that the faster one has meanwhile got. So the folder that
// a dead lock is moved to carries the dead owner's token and stays: the second move meets it, and
// fails. A lock counts as held while its owner or any child it named is alive, for a child goes on
// writing after its parent was killed.

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SetupFault, codeOf } from './fault.js'
import { identityOf, isAlive } from './identity.js'

/** How often a process that waits for the lock looks again. */
const lookMs = 200

/** How many looks in a row may find a lock that names nobody. */
const looksAtNothing = 25

/** Left-overs of the lock itself are kept this long: any process that read them is gone by then. */
const keepMs = 3_600_000

/** @typedef {import('./identity.js').Identity} Identity */
/** @typedef {{ token: string, owner: Identity }} Holder */

/**
 * A lock that is held: `adopt` names a child that must also be gone before others may go on.
 * @typedef {{ adopt: (pid: number) => () => void, release: () => void }} Lock
 */

/**
 * Waits until the lock at `path` is ours. `onWait` is told once, with the pid that holds it.
 * @param {string} path
 * @param {(pid: number) => void} onWait
 * @returns {Promise<Lock>}
 */
export async function acquireLock(path, onWait) {
  const token = randomUUID()
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  let unreadable = 0
  while (!claim(path, token)) {
    const holder = readHolder(path)
    if (holder === null) {
      // Given back this moment; or, after a power cut, an owner that never reached the disk.
      unreadable += 1
      if (unreadable > looksAtNothing) throw unreadableLock(path)
      await delay(lookMs)
      continue
    }
    unreadable = 0
    const alive = livingProcessOf(path, holder)
    if (alive === null) {
      breakLock(path, holder.token)
      continue
    }
    if (!told) onWait(alive.pid)
    told = true
    await delay(lookMs)
  }
  sweep(dirname(path))
  return {
    adopt(pid) {
      const file = join(path, `child-${pid}.json`)
      writeFileSync(file, JSON.stringify(identityOf(pid)))
      return () => rmSync(file, { force: true })
    },
    release() {
      const released = join(dirname(path), `released-${token}`)
      renameSync(path, released)
      rmSync(released, { recursive: true, force: true })
    },
  }
}

/** @param {string} path @param {string} token */
function claim(path, token) {
  const claimed = join(dirname(path), `claim-${token}`)
  mkdirSync(claimed, { recursive: true })
  writeFileSync(
    join(claimed, 'owner.json'),
    JSON.stringify({ token, owner: identityOf(process.pid) }),
  )
  return moved(claimed, path)
}

/**
 * Takes the lock at `path` away from the dead owner of this token, and from nobody else.
 * @param {string} path
 * @param {string} deadToken
 */
export function breakLock(path, deadToken) {
  moved(path, join(dirname(path), `dead-${deadToken}`))
}

// A folder that is renamed keeps what is in it, and the target must be absent or empty: whichever
// of these answers comes back, somebody else was faster.
/** @param {string} from @param {string} to */
function moved(from, to) {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false
    // Windows says EPERM for a target that is there, but so does a folder that may not be written.
    if (code === 'EPERM' && existsSync(to)) return false
    throw error
  }
}

/**
 * @param {string} path
 * @returns {Holder | null} null where the lock was given back meanwhile
 */
function readHolder(path) {
  return readJson(join(path, 'owner.json'))
}

/** @param {string} path */
function unreadableLock(path) {
  return new SetupFault(`${path} does not say who holds it.`, {
    hint: 'If nothing else is setting up Sluice in this checkout, remove that folder.',
  })
}

/** @param {string} path @param {Holder} holder @returns {Identity | null} */
function livingProcessOf(path, holder) {
  if (isAlive(holder.owner)) return holder.owner
  let names
  try {
    names = readdirSync(path)
  } catch {
    return null
  }
  for (const name of names.filter((entry) => entry.startsWith('child-'))) {
    const child = readJson(join(path, name))
    if (child !== null && isAlive(child)) return child
  }
  return null
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** @param {string} folder */
function sweep(folder) {
  for (const name of readdirSync(folder)) {
    if (!/^(claim|dead|released)-/.test(name)) continue
    const path = join(folder, name)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > keepMs) rmSync(path, { recursive: true, force: true })
  }
}
