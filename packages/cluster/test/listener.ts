// A node that only listens: keeps what the bus delivers, and lets a test wait for it.

import type { BusHost, Control, Delivery, Publication, Question } from '../src/index.ts'

export interface Listener extends BusHost {
  /** What was delivered so far for a room. */
  heard(room: string): readonly Delivery[]
  /** The data of the publications among it. */
  data(room: string): string[]
  /** The publications among it. */
  publications(room: string): Publication[]
  readonly commands: readonly Control[]
  /** Resolves when a room has had this many deliveries in all. */
  deliveries(room: string, count: number): Promise<readonly Delivery[]>
  /** Resolves when there were this many commands in all. */
  controls(count: number): Promise<readonly Control[]>
}

export interface ListenerOptions {
  /** Called after a delivery was kept; may throw. */
  onDeliver?: (room: string, delivery: Delivery) => void
  /** Called after a command was kept; may throw. */
  onControl?: (command: Control) => void
  /** Answers questions; without it the node answers none. */
  answer?: (question: Question) => string | Promise<string>
}

export function createListener(name: string, options: ListenerOptions = {}): Listener {
  const rooms = new Map<string, Delivery[]>()
  const commands: Control[] = []
  const waiting = new Set<{ met: () => boolean; resolve: () => void }>()

  const look = (): void => {
    for (const wait of waiting) {
      if (!wait.met()) continue
      waiting.delete(wait)
      wait.resolve()
    }
  }
  const until = (met: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.add({ met, resolve })
      look()
    })
  const of = (room: string): Delivery[] => {
    const known = rooms.get(room) ?? []
    rooms.set(room, known)
    return known
  }
  const publications = (room: string): Publication[] =>
    of(room).flatMap((one) => (one.type === 'publication' ? [one.publication] : []))

  return {
    ...(options.answer !== undefined && { answer: options.answer }),
    commands,
    heard: of,
    publications,
    data: (room) => publications(room).map((publication) => publication.data),
    async deliveries(room, count) {
      await until(() => of(room).length >= count)
      return of(room)
    },
    async controls(count) {
      await until(() => commands.length >= count)
      return commands
    },
    deliver(room, delivery) {
      of(room).push(delivery)
      look()
      options.onDeliver?.(room, delivery)
    },
    control(command) {
      commands.push(command)
      look()
      options.onControl?.(command)
    },
    describe: () => ({
      uid: `${name}-uid`,
      name,
      version: '0.0.0',
      numClients: 0,
      numUsers: 0,
      numChannels: 0,
      uptime: 0,
    }),
  }
}
