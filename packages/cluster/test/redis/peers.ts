// Nodes made of the parts that share state in Redis, with short leases, and without sessions: a test can cut each one off.

import { systemClock } from '@sluice/core'
import { onTestFinished, vi } from 'vitest'
import { Attendance } from '../../src/redis/attendance.ts'
import { createKeys } from '../../src/redis/keys.ts'
import { Membership } from '../../src/redis/membership.ts'
import { Ownership } from '../../src/redis/ownership.ts'
import { createPlainCommands, type PlainCommands } from './plain-commands.ts'

export const beatMs = 50
export const leaseMs = 200

/** Looks until `look` does not throw, as what one node does others learn from Redis and from nobody else. */
export const until = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 4_000, interval: 10 })

export interface Node {
  readonly uid: string
  readonly commands: PlainCommands
  readonly membership: Membership
  readonly attendance: Attendance
  readonly ownership: Ownership
  /** What happened, as 'fenced', 'returned', 'dead <uid>', 'gone <uid>'. */
  readonly log: string[]
  /** Replaces what it does with a dead node. */
  onDead: (uid: string) => Promise<void>
}

export async function startPeer(
  port: number,
  prefix: string,
  uid: string,
  lease = leaseMs,
): Promise<Node> {
  const keys = createKeys(prefix)
  const commands = createPlainCommands(port)
  const log: string[] = []
  const attendance = new Attendance(commands, keys, uid, systemClock)
  const options = { clock: systemClock, beatMs, leaseMs: lease }
  const membership = new Membership(commands, keys, { uid, name: `name of ${uid}` }, options, {
    onReturned() {
      log.push('returned')
      attendance.register().catch(() => {})
    },
    onFenced() {
      log.push('fenced')
      ownership.forget()
    },
    async onDead(dead) {
      log.push(`dead ${dead}`)
      await node.onDead(dead)
    },
    onGone: (gone) => void log.push(`gone ${gone}`),
  })
  const ownership = new Ownership(commands, keys, uid, 60_000, () => membership.fenced)
  const node: Node = {
    uid,
    commands,
    membership,
    attendance,
    ownership,
    log,
    onDead: async (dead) => void (await attendance.reap(dead)),
  }
  onTestFinished(() => {
    membership.stop()
    commands.close()
  })
  membership.start()
  await membership.beat()
  return node
}
