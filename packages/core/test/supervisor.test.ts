import { describe, expect, test } from 'vitest'
import type { Ref } from '../src/behavior.ts'
import { formatEnd } from '../src/ends.ts'
import { child, supervise } from './family.ts'
import { createWorld, expectNothingLeft } from './world.ts'

describe('a supervisor that has had enough', () => {
  test('ends with its own parent restarting it, and says why', async () => {
    const world = createWorld()
    const log: string[] = []
    const { refs, top } = await supervise(world, [child('a', 'permanent', log)], {
      intensity: 1,
    })
    const [a] = refs
    a!.tell('fail')
    await world.clock.advanceAsync(100)
    a!.tell('fail')
    await world.clock.advanceAsync(100)
    const [escalated] = world.all('supervisor.escalated')
    expect(formatEnd(escalated!.end)).toBe(
      `top ${top.id}: restart budget spent ← a ${a!.id}: Error: a broke`,
    )
    // Its child has its own end, not that of the parent that went because of it.
    expect(world.all('actor.ended').map(({ end }) => formatEnd(end))).toEqual([
      `a ${a!.id}: Error: a broke`,
    ])
    expect(log).toEqual(['start a', 'stop a', 'start a', 'stop a', 'start a'])
    expect(top.alive).toBe(true)
  })

  test('begins with a whole budget when it is back', async () => {
    const world = createWorld()
    const log: string[] = []
    const { top } = await supervise(world, [child('a', 'permanent', log)], { intensity: 1 })
    const fault = async (): Promise<void> => {
      const a = world.system.actors.find((actor) => actor?.behavior.name === 'a')
      a!.tell('fail' as never)
      await world.clock.advanceAsync(100)
    }
    await fault()
    await fault()
    expect(world.all('supervisor.escalated')).toHaveLength(1)
    await fault()
    expect(world.all('supervisor.escalated')).toHaveLength(1)
    expect(top.alive).toBe(true)
  })

  test('takes the system down when nobody is left to restart it', async () => {
    const world = createWorld()
    const a = world.system.spawn(child('a', 'permanent', []))
    for (let i = 0; i < 6; i++) {
      a.tell('fail')
      await world.clock.advanceAsync(200)
    }
    const end = await world.system.ended
    expect(formatEnd(end)).toBe(`root 0: restart budget spent ← a ${a.id}: Error: a broke`)
    expectNothingLeft(world.system)
  })
})

describe('a supervisor behaviour', () => {
  test('answers for its children by name', async () => {
    const world = createWorld()
    const { top, refs } = await supervise(world, [
      child('a', 'permanent', []),
      child('b', 'permanent', []),
    ])
    const ask = (name: string) =>
      (top as unknown as Ref<{ type: 'child'; name: string; reply: unknown }>).ask<Ref | undefined>(
        (reply) => ({ type: 'child', name, reply }),
      )
    const answers = [ask('b'), ask('none')]
    await world.settle()
    expect(await Promise.all(answers)).toEqual([refs[1], undefined])
  })
})
