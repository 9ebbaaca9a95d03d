// The thread that works out what actors mean: one for all who ask, as long as somebody asks.

import { createSystem, defineBehavior, ManualClock, type System } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Explainer } from '../../src/seeing/explainer.ts'

const idler = defineBehavior({ name: 'idler', start: () => null, receive: () => undefined })

function population(count: number): { system: System; clock: ManualClock; explainer: Explainer } {
  const clock = new ManualClock()
  const system = createSystem({ clock })
  for (let i = 0; i < count; i++) system.spawn(idler)
  clock.advance(0)
  const explainer = new Explainer(system)
  onTestFinished(() => explainer.close())
  return { system, clock, explainer }
}

const totalOf = (json: string): number => (JSON.parse(json) as { total: number }).total

describe('the explainer', () => {
  test('has no thread until somebody asks, and none any more when nobody has for a while', async () => {
    const { clock, explainer } = population(3)
    expect(explainer.awake).toBe(false)
    await explainer.explain(['lints'])
    expect(explainer.awake).toBe(true)
    clock.advance(14_000)
    await explainer.explain(['lints'])
    clock.advance(14_000)
    expect(explainer.awake).toBe(true)
    clock.advance(1_000)
    expect(explainer.awake).toBe(false)
  })

  test('gives those who ask the same at the same time the same answer, and looks anew later', async () => {
    const { system, clock, explainer } = population(3)
    const [one, same, other] = await Promise.all([
      explainer.explain(['lints', 'graph']),
      explainer.explain(['graph', 'lints']),
      explainer.explain(['lints']),
    ])
    expect(same).toBe(one)
    expect(other).not.toBe(one)
    expect(totalOf(one)).toBe(4)
    system.spawn(idler)
    clock.advance(0)
    expect(totalOf(await explainer.explain(['lints', 'graph']))).toBe(5)
  })

  test('ends with its node, and says so to those who wait for it and to those who come later', async () => {
    const { system, clock, explainer } = population(3)
    const waiting = explainer.explain(['map']).then(
      () => 'answered',
      (error: unknown) => (error as { code: unknown }).code,
    )
    await started(explainer)
    await explainer.close()
    expect(await waiting).toBe('closed')
    expect(explainer.awake).toBe(false)
    void system.stop('enough')
    clock.advance(0)
    await expect(explainer.explain(['lints'])).rejects.toMatchObject({ code: 'closed' })
  })
})

async function started(explainer: Explainer): Promise<void> {
  while (!explainer.awake) await Promise.resolve()
}
