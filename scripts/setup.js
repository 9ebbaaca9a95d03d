// What `npm start` and `npm test` run. Needs a Node from 18 on and npm, and nothing else: it
// fetches the right Node and pnpm into .toolchain and the packages into node_modules, once.
//
//   node scripts/setup.js start [arguments of "sluice start"]
//   node scripts/setup.js test [arguments of "vitest run"]
//   node scripts/setup.js install

import { existsSync } from 'node:fs'
import { endingWell } from './setup/end.js'
import { launch } from './setup/launch.js'
import { npmLeash, wearLeash } from './setup/leash.js'
import { checkout, placesIn } from './setup/places.js'
import { prepare } from './setup/prepare.js'
import { startArguments } from './setup/start-arguments.js'
import { createVoice } from './setup/voice.js'

await wearLeash(npmLeash())
const places = placesIn(checkout)
const voice = createVoice()
const [verb, ...args] = process.argv.slice(2)

/** @type {Record<string, () => Promise<void>>} */
const verbs = {
  async start() {
    const demo = existsSync(places.demo) ? places.demo : null
    await launch(places, voice, startArguments(args, process.env, demo))
  },
  async test() {
    const node = await prepare(places, voice)
    const { verify } = await import('./setup/verify.js')
    process.exitCode = await verify(places, voice, node, args)
  },
  async install() {
    await prepare(places, voice)
    voice.say('all is set up')
  },
}

const run = verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
if (run === undefined) {
  voice.say('usage: node scripts/setup.js start | test | install [arguments]')
  process.exitCode = 2
} else {
  await endingWell(voice, run)
}
