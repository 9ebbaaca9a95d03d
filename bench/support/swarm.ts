// The bench's end of the load generator: one child process on the other core, asked one scenario at a time.

import { fileURLToPath } from 'node:url'
import type {
  ChurnScenario,
  EchoScenario,
  FanoutScenario,
  HoldScenario,
  Outcome,
} from '../swarm/scenario.ts'
import { startChild } from './child.ts'

const program = fileURLToPath(new URL('../swarm/main.ts', import.meta.url))

export interface Swarm extends AsyncDisposable {
  /** Puts a load on a server and says what came of it. */
  load: (scenario: FanoutScenario | EchoScenario | ChurnScenario) => Promise<Outcome>
  /** Brings the number of idle connections to what the scenario says; resolves with the number there is. */
  hold: (scenario: HoldScenario) => Promise<number>
}

export function startSwarm(core: number | undefined): Swarm {
  const child = startChild(program, [], core)
  return {
    load: (scenario) => child.ask<Outcome>(scenario),
    hold: (scenario) => child.ask<number>(scenario),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
