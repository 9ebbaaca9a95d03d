#!/usr/bin/env node
// The command line of Sluice, with no build step. Starts under any Node from 18 on: makes sure of
// the right Node and the packages (silently when they are there), then goes on under that Node in
// packages/node/src/cli/main.ts.

import { endingWell } from '../scripts/setup/end.js'
import { launch } from '../scripts/setup/launch.js'
import { wearLeash } from '../scripts/setup/leash.js'
import { checkout, placesIn } from '../scripts/setup/places.js'
import { createVoice } from '../scripts/setup/voice.js'

await wearLeash(process.env)
const voice = createVoice()
await endingWell(voice, () => launch(placesIn(checkout), voice, process.argv.slice(2)))
