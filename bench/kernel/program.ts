// node --expose-gc bench/kernel/program.ts <contender> <measure>: does it once, and prints what it found as JSON.

import { measures as analysis } from './analysis.ts'
import { measures as dumps } from './dump.ts'
import { measures as sluice } from './sluice.ts'
import { measures as xstate } from './xstate.ts'

const [contender, name] = process.argv.slice(2)
const measure = { sluice: { ...sluice, ...dumps, ...analysis }, xstate }[contender ?? '']?.[
  name ?? ''
]
if (measure === undefined) {
  process.stderr.write(`no measure ${name} of ${contender}\n`)
  process.exit(2)
}
process.stdout.write(`${JSON.stringify(await measure())}\n`)
process.exit(0)
