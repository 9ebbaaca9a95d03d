// The load generator's process: takes scenarios from its parent, one at a time, and answers with what it saw.
//
// All clients live in this one process, so that the server has the machine's other core to itself; it ends with its
// parent, however that ends.

import { runChurn } from './churn.ts'
import { runEcho } from './echo.ts'
import { runFanout } from './fanout.ts'
import { hold } from './hold.ts'
import type { Outcome, Scenario } from './scenario.ts'

process.on('message', async (scenario: Scenario) => {
  process.send?.(await run(scenario))
})
process.on('disconnect', () => process.exit(0))

function run(scenario: Scenario): Promise<Outcome | number> {
  switch (scenario.type) {
    case 'fanout':
      return runFanout(scenario)
    case 'echo':
      return runEcho(scenario)
    case 'churn':
      return runChurn(scenario)
    case 'hold':
      return hold(scenario)
  }
}
