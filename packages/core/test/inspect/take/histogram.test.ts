import { describe, expect, test } from 'vitest'
import { countActors } from '../../../src/inspect/take/histogram.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { inert, open } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'

describe('a histogram', () => {
  test('counts the living by behaviour, state and wait', async () => {
    const world = createWorld()
    for (let i = 0; i < 5; i++) world.system.spawn(inert)
    const [held, stuck, gone] = [1, 2, 3].map(() => world.system.spawn(open()))
    held!.tell((self) => void self.hold('socket', 'peer'))
    stuck!.tell(never)
    await world.settle()
    gone!.stop()
    await world.settle()
    expect(countActors(world.system)).toEqual([
      { behavior: 'inert', state: 'idle', count: 5 },
      { behavior: 'open', state: 'waiting', wait: 'promise', count: 1 },
      { behavior: 'open', state: 'waiting', wait: 'socket', count: 1 },
      { behavior: 'root', state: 'idle', count: 1 },
    ])
  })

  test('sums up to the actors of a dump', async () => {
    const world = createWorld()
    for (let i = 0; i < 30; i++) {
      const ref = world.system.spawn(open(`kind-${i % 4}`))
      if (i % 3 === 0) ref.tell(never)
      if (i % 5 === 0) ref.stop()
    }
    await world.settle()
    const sum = countActors(world.system).reduce((total, { count }) => total + count, 0)
    expect(sum).toBe(takeDump(world.system).total)
  })
})
