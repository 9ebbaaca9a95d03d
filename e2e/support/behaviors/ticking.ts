// A room that writes on its own, fifty times a second, as who it is and how often: with one owner in a cluster, the room's
// stream tells who wrote when another was the owner. Says so when it acts after it slept for longer than a lease.

import { randomBytes } from 'node:crypto'
import { defineBehavior } from '@sluice/core'
import type { BehaviorInput, RoomEvent, RoomHandle } from '@sluice/node'

interface State {
  readonly room: RoomHandle
  readonly self: { after: (ms: number, message: Tick) => unknown }
  readonly owner: string
  written: number
  tickedAt: number
}

interface Tick {
  type: 'tick'
}

const everyMs = 20
const leaseMs = 9_000

export default defineBehavior<RoomEvent | Tick, State, BehaviorInput>({
  name: 'ticking',
  start(self, { room }) {
    if (room === undefined) throw new Error('ticking is for a room')
    self.after(everyMs, { type: 'tick' })
    const owner = randomBytes(6).toString('hex')
    return { room, self, owner, written: 0, tickedAt: performance.now() }
  },
  async receive(state, message) {
    if (message.type !== 'tick') return
    const { room, self, owner } = state
    const now = performance.now()
    const slept = now - state.tickedAt >= leaseMs
    state.tickedAt = now
    self.after(everyMs, { type: 'tick' })
    const id = `${owner}:${state.written + 1}`
    try {
      await room.publish({ id })
      state.written++
      if (slept) console.error(`ticking ${room.name} ${id} wrote after it slept`)
    } catch {
      if (slept) console.error(`ticking ${room.name} ${id} was refused after it slept`)
    }
  },
})
