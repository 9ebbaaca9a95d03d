// What a dump alone tells: each scene is a fault as users make them, and its dump must name the cause.

import { describe, expect, test } from 'vitest'
import { readDump } from '../support/seeing/reading.ts'
import { scenes } from '../support/seeing/scenes.ts'

describe('the dump of', () => {
  test.each(scenes.map((scene) => [scene.name, scene] as const))(
    '%s tells why',
    async (_name, scene) => {
      const reading = readDump(await scene.play())
      for (const told of scene.tells) expect(reading).toMatch(told)
    },
  )
})
