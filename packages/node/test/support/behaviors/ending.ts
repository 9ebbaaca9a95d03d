// Does to its process what should never happen, when a call says so, after it has answered.

import { spawnSync } from 'node:child_process'
import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '../../../src/extend/room-behavior.ts'

/** By the function's name in stacks. */
const ways: Record<string, (data: unknown) => void> = {
  throwLater() {
    setImmediate(function lateFault() {
      throw new TypeError('nobody caught this')
    })
  },
  rejectLater() {
    void Promise.reject(new Error('nobody awaits this'))
  },
  exitLater() {
    setImmediate(() => process.exit(3))
  },
  spinFor(ms) {
    setImmediate(() => countToNothing(performance.now() + Number(ms)))
  },
  spinNow: (ms) => void countToNothing(performance.now() + Number(ms)),
  waitFor(seconds) {
    setImmediate(() => spawnSync('sleep', [String(seconds)]))
  },
  hoard(megabytes) {
    const step = (): void => {
      // 2 MB of numbers that are no small integers, of which each is an object.
      hoarded.push(Array.from({ length: 65_536 }, (_, i) => ({ i: i + 0.5 })))
      if (hoarded.length * 2 < Number(megabytes)) setImmediate(step)
    }
    step()
  },
  spinForEver() {
    setImmediate(() => countToNothing(Infinity))
  },
}

const hoarded: object[][] = []

function countToNothing(until: number): number {
  let count = 0
  while (performance.now() < until) count++
  return count
}

export default defineBehavior<RoomEvent, null, BehaviorInput>({
  name: 'ending',
  accepts: ['rpc'],
  start: () => null,
  receive(_state, message) {
    if (message.type !== 'rpc') return undefined
    const [, way = ''] = message.method.split('.')
    ways[way]?.(message.data)
    message.reply.tell(way in ways)
    return undefined
  },
})
