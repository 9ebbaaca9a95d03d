// Each experiment of `pnpm links`, in small: a few times, with short leases, three beside each other. How long things take
// is for the long form.

import { expect, test } from 'vitest'
import { experiments } from '../support/links/experiments.ts'
import { randomOf } from '../support/random.ts'

const times: Readonly<Record<string, number>> = {
  'black-hole': 2,
  deaf: 2,
  'cut-resubscribe': 5,
  'lost-answers': 60,
  'owner-races': 200,
}

/** The end of what was begun last in each lane. */
const lanes: Promise<void>[] = Array.from({ length: 3 }, () => Promise.resolve())

test.concurrent.for(experiments.map((experiment, nth) => ({ ...experiment, nth })))(
  '$name: $promise',
  { timeout: 180_000 },
  async ({ name, play, nth }) => {
    const lane = nth % lanes.length
    const before = lanes[lane]
    const done = Promise.withResolvers<void>()
    lanes[lane] = done.promise
    await before
    const seed = 1 + Math.floor(Math.random() * 99_999)
    try {
      const run = { times: times[name] ?? 1, random: randomOf(seed), brief: true }
      const { broken } = await play(run)
      expect(broken, `seed ${seed}`).toEqual([])
    } finally {
      done.resolve()
    }
  },
)
