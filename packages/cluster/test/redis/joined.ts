// A node on the Redis bus that is impatient, for tests of what happens when something breaks.

import { Events } from '@sluice/core'
import { onTestFinished } from 'vitest'
import { type Bus, type BusEvent, createRedisBus, type RedisBusOptions } from '../../src/index.ts'
import { createListener, type Listener, type ListenerOptions } from '../listener.ts'

export interface Joined {
  readonly bus: Bus
  readonly listener: Listener
  readonly events: readonly BusEvent[]
  /** Resolves at the first event from now on that is meant. */
  readonly next: (meant: (event: BusEvent) => boolean) => Promise<BusEvent>
  /** Resolves when the link is up. */
  readonly up: () => Promise<void>
}

/** Joins for as long as the test runs; resolves when the bus has reached Redis. */
export async function join(
  name: string,
  options: RedisBusOptions,
  hears: ListenerOptions = {},
): Promise<Joined> {
  const listener = createListener(name, hears)
  const events: BusEvent[] = []
  const hub = new Events<BusEvent>()
  hub.on((event) => void events.push(event))
  const next: Joined['next'] = (meant) =>
    new Promise((resolve) => {
      const off = hub.on((event) => {
        if (!meant(event)) return
        off()
        resolve(event)
      })
    })
  const impatient = { pingMs: 100, commandTimeoutMs: 400, retryMaxMs: 100 }
  const bus = createRedisBus(listener, { ...impatient, ...options, events: hub })
  onTestFinished(() => bus.close())
  const up = async (): Promise<void> => {
    if (bus.linkState() === 'up') return
    await next((event) => event.name === 'link.changed' && event.state === 'up')
  }
  await up()
  return { bus, listener, events, next, up }
}
