// The bench's end of the load generator: one child process on the other core, asked one scenario at a time.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type {
  ChurnScenario,
  EchoScenario,
  FanoutScenario,
  HoldScenario,
  Outcome,
} from '../swarm/scenario.ts'
import { nodeOn } from './machine.ts'

const program = fileURLToPath(new URL('../swarm/main.ts', import.meta.url))

export interface Swarm extends AsyncDisposable {
  /** Puts a load on a server and says what came of it. */
  load: (scenario: FanoutScenario | EchoScenario | ChurnScenario) => Promise<Outcome>
  /** Brings the number of idle connections to what the scenario says; resolves with the number there is. */
  hold: (scenario: HoldScenario) => Promise<number>
}

export function startSwarm(core: number | undefined): Swarm {
  const [file, args] = nodeOn(core, [program])
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const gone = once(child, 'exit')
  const ask = async <Answer>(scenario: object): Promise<Answer> => {
    child.send(scenario)
    const died = gone.then(() => {
      throw new Error('the swarm ended without an answer')
    })
    const [answer]: Answer[] = await Promise.race([once(child, 'message'), died])
    if (answer === undefined) throw new Error('the swarm answered with nothing')
    return answer
  }
  return {
    load: (scenario) => ask<Outcome>(scenario),
    hold: (scenario) => ask<number>(scenario),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
