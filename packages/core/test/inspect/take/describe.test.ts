import { expect, test } from 'vitest'
import { defineBehavior, type Self } from '../../../src/behavior.ts'
import { readText } from '../../../src/inspect/text/read-text.ts'
import { takeDump } from '../../../src/inspect/take/take.ts'
import { printActors } from '../../../src/inspect/text/text.ts'
import { inert } from '../../actors.ts'
import { createWorld, never } from '../../world.ts'

test('takes a describe or label that throws for what it is', async () => {
  const world = createWorld()
  const fault = (): never => {
    throw new Error('not now')
  }
  world.system.spawn({ ...inert, describe: fault, label: fault })
  world.system.spawn({ ...inert, start: never, describe: fault })
  await world.settle()
  const [, first, second] = takeDump(world.system).actors
  expect(first).toMatchObject({ label: '', more: { describe: 'failed: Error: not now' } })
  // Not started: nothing to describe yet.
  expect(second!.more).toBeUndefined()
})

test('takes what is no text or number for a short text, whatever it holds', async () => {
  const world = createWorld()
  const circle: { self?: unknown; secret: string } = { secret: 'hunter2' }
  circle.self = circle
  const odd = { big: 1n, circle, list: ['x'.repeat(500)], none: undefined, make: () => 1 }
  world.system.spawn({ ...inert, describe: () => odd as never, label: () => 7 as never })
  await world.settle()
  const dump = takeDump(world.system)
  const { label, more } = dump.actors[1]!
  expect(label).toBe('7')
  expect(more).toMatchObject({ big: '1', circle: '[object Object]', none: '[object Undefined]' })
  const text = JSON.stringify(dump)
  expect(text).not.toContain('hunter2')
  expect(text.length).toBeLessThan(2_000)
  expect(readText(printActors(dump)).actors).toHaveLength(2)
})

test('describes also a state that is undefined', async () => {
  const world = createWorld()
  world.system.spawn(
    defineBehavior({
      name: 'plain',
      start: (_self: Self<unknown>) => {},
      receive: () => {},
      describe: () => ({ plain: true }),
    }),
  )
  await world.settle()
  expect(takeDump(world.system).actors[1]!.more).toEqual({ plain: true })
})

test('holds no password that an error quotes', async () => {
  const world = createWorld()
  const fault = (): never => {
    throw new Error('connect redis://ann:hunter2@host:6379 failed')
  }
  world.system.spawn({ ...inert, describe: fault })
  world.system.spawn({ ...inert, start: fault, supervise: { on: () => 'stop' } } as never)
  await world.settle()
  const text = JSON.stringify(takeDump(world.system))
  expect(text.match(/connect redis:\/\/\[redacted\]@host:6379 failed/g)).toHaveLength(2)
  expect(text).not.toContain('hunter2')
})
