// Scenes in which something goes wrong, and what a dump tells of it.
//
//   node e2e/scenes/seeing.ts [--only deadlock] [--full]
//
// Ends with 1 if a dump does not tell what it must.

import { parseArgs } from 'node:util'
import { chosenOf } from '../support/arguments.ts'
import { readDump, readMeaning } from '../support/seeing/reading.ts'
import { scenes } from '../support/seeing/scenes.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, full: { type: 'boolean' } } })
const chosen = chosenOf(scenes, values.only)

for (const { name, story, play, tells } of chosen) {
  console.log(`\n━━ ${name}: ${story}\n`)
  const dump = await play()
  const reading = readDump(dump)
  console.log(values.full ? reading : readMeaning(dump))
  for (const told of tells) {
    if (told.test(reading)) continue
    console.log(`✗ the dump does not tell ${told}`)
    process.exitCode = 1
  }
}
