// The process of elsewhere.ts: a bus that does what it is told, one call after the other.

import { createListener } from '../listener.ts'
import type { Call, Joining, Outcome } from './elsewhere.ts'
import { joinWhenUp } from './join-when-up.ts'

const { name, options } = JSON.parse(process.argv[2] ?? '') as Joining
const bus = await joinWhenUp(createListener(name), options)

const tell = (outcome: Outcome): void => void process.send?.(outcome)

process.on('message', ({ method, args }: Call) => {
  const run = bus[method].bind(bus) as (...all: readonly unknown[]) => unknown
  Promise.try(run, ...args).then(
    (result) => tell({ result }),
    (error: unknown) => tell({ error: String(error) }),
  )
})
tell({ result: 'up' })
