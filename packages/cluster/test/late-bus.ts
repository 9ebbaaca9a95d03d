// A bus as late as a network: calls reach the inner bus some turns of the loop after they were made, and deliveries reach
// the host some turns after that, each in order. It keeps the contract's suite honest: nothing there may rely on the
// in-memory bus being done when a call is back.

import { setImmediate as turn } from 'node:timers/promises'
import type { Bus, BusHost, MemoryHub } from '../src/index.ts'

/** A node that joins `hub` behind a network; `random` says how late each step is. */
export function joinLate(hub: MemoryHub, host: BusHost, random: () => number): Bus {
  const calls = createLane(random)
  const arrivals = createLane(random)
  // What is on its way when a node leaves a room must not arrive, nor when it is back.
  const visits = new Map<string, object>()

  const bus = hub.join({
    ...(host.answer !== undefined && { answer: host.answer }),
    describe: () => host.describe(),
    deliver(room, delivery) {
      const visit = visits.get(room)
      arrivals.send(() => {
        if (visit !== undefined && visits.get(room) === visit) host.deliver(room, delivery)
      })
    },
    control(command) {
      arrivals.send(() => {
        if (bus.ready()) host.control(command)
      })
    },
  })

  return {
    publish: (...call) => calls.ask(() => bus.publish(...call)),
    subscribe: (room) =>
      calls.ask(() => {
        if (!visits.has(room)) visits.set(room, {})
        return bus.subscribe(room)
      }),
    unsubscribe: (room) =>
      calls.ask(() => {
        visits.delete(room)
        return bus.unsubscribe(room)
      }),
    history: (...call) => calls.ask(() => bus.history(...call)),
    removeHistory: (room) => calls.ask(() => bus.removeHistory(room)),
    addPresence: (room, info) => calls.ask(() => bus.addPresence(room, info)),
    removePresence: (room, client) => calls.ask(() => bus.removePresence(room, client)),
    presence: (room) => calls.ask(() => bus.presence(room)),
    presenceStats: (room) => calls.ask(() => bus.presenceStats(room)),
    announce: (room, type, info) => calls.ask(() => bus.announce(room, type, info)),
    control: (command) => calls.ask(() => bus.control(command)),
    rooms: (pattern) => calls.ask(() => bus.rooms(pattern)),
    setMembers: (room, members) => calls.send(() => bus.setMembers(room, members)),
    nodes: () => calls.ask(() => bus.nodes()),
    async ask(...call) {
      // In line as a question, but nobody waits in line for its answer.
      await calls.ask(() => {})
      return bus.ask(...call)
    },
    own: (name) => calls.ask(() => bus.own(name)),
    disown: (name) => calls.ask(() => bus.disown(name)),
    ready: () => bus.ready(),
    linkState: () => bus.linkState(),
    figures: () => bus.figures(),
    health: () => bus.health(),
    close: () =>
      calls.ask(() => {
        visits.clear()
        return bus.close()
      }),
  }
}

interface Lane {
  ask: <T>(work: () => T | Promise<T>) => Promise<T>
  send: (work: () => void) => void
}

/** Does one thing after the other, each some turns later. */
function createLane(random: () => number): Lane {
  let last: Promise<unknown> = Promise.resolve()
  const ask = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const before = last
    const done = (async () => {
      await before
      for (let turns = Math.floor(random() * 3); turns > 0; turns--) await turn()
      return work()
    })()
    // A failure is the caller's; the next in the lane goes on.
    last = Promise.allSettled([done])
    return done
  }
  return { ask, send: (work) => void ask(work).catch(() => {}) }
}
