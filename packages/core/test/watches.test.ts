import { describe, expect, test } from 'vitest'
import { defineBehavior, type Ref } from '../src/behavior.ts'
import { inert, open } from './actors.ts'
import { createWorld } from './world.ts'

describe('a watch', () => {
  test('is told once for each time it was asked for, soon for the dead, never after unwatch', async () => {
    const world = createWorld()
    const [one, two, three] = [1, 2, 3].map(() => world.system.spawn(inert)) as [Ref, Ref, Ref]
    await world.settle()
    three.stop()
    await world.settle()
    const seen: string[] = []
    const watcher = world.system.spawn(
      defineBehavior({
        name: 'watcher',
        start(self) {
          self.watch(one, 'one')
          self.watch(one, 'one again')
          self.watch(two, 'two')
          self.watch(three, 'three')
          self.unwatch(two)
        },
        receive: (_s, m: string) => void seen.push(m),
      }),
    )
    await world.settle()
    expect(seen).toEqual(['three'])
    one.stop()
    two.stop()
    await world.settle()
    expect(seen).toEqual(['three', 'one', 'one again'])
    expect(watcher.alive).toBe(true)
  })

  test('ends with its watcher, and leaves nothing with the one that was watched', async () => {
    const world = createWorld()
    const target = world.system.spawn(inert)
    const watcher = world.system.spawn(open())
    watcher.tell((self) => self.watch(target, () => {}))
    await world.settle()
    expect(world.system.find(target.id)!.rare!.watchers!.size).toBe(1)
    watcher.stop()
    await world.settle()
    expect(world.system.find(target.id)!.rare!.watchers!.size).toBe(0)
  })
})
