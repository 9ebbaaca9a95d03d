import { describe, expect, test } from 'vitest'
import { Context, type Lifetimes, type Owner } from '../src/context.ts'
import { Reaper } from '../src/reaper.ts'
import { Wheel } from '../src/wheel.ts'
import { LateClock } from './late-clock.ts'
import { Life } from './world.ts'

const many = 100_000

function counting(): { owner: Owner; endings: () => number; drains: () => number } {
  let endings = 0
  let drains = 0
  const owner: Owner = {
    name: 'owner',
    ending: () => void endings++,
    drained: () => {
      drains++
      return true
    },
  }
  return { owner, endings: () => endings, drains: () => drains }
}

describe('the reaper', () => {
  test('takes down 100,000 nested contexts without a stack of that depth', () => {
    const life = new Life()
    const { owner, endings, drains } = counting()
    const root = new Context(life, null, owner)
    let leaf = root
    for (let depth = 1; depth < many; depth++) leaf = new Context(life, leaf, owner)
    root.cancel()
    expect(leaf.ended).toBe(true)
    life.clock.flush()
    expect([endings(), drains()]).toEqual([many, many])
    expect([leaf.gone, root.gone]).toEqual([true, true])
  })

  test('takes down children before parents, and tells parents before children', () => {
    const life = new Life()
    const told: string[] = []
    const add = (name: string, parent: Context | null): Context => {
      const owner: Owner = {
        name,
        ending: () => told.push(`${name} ending`),
        drained: () => {
          told.push(`${name} drained`)
          return true
        },
      }
      return new Context(life, parent, owner)
    }
    const root = add('root', null)
    const a = add('a', root)
    add('a1', a)
    add('b', root)
    root.cancel()
    life.clock.flush()
    expect(told).toEqual([
      'root ending',
      'a ending',
      'a1 ending',
      'a1 drained',
      'a drained',
      'b ending',
      'b drained',
      'root drained',
    ])
  })

  test('waits for an owner that stops in its own time, and for nobody else', () => {
    const life = new Life()
    const gone: string[] = []
    const quick = (name: string): Owner => ({
      name,
      ending: () => {},
      drained: () => {
        gone.push(name)
        return true
      },
    })
    const root = new Context(life, null, quick('root'))
    const slow = new Context(life, root, { ...quick('slow'), drained: () => false })
    const beside = new Context(life, root, quick('beside'))
    root.cancel()
    life.clock.flush()
    expect(gone).toEqual(['beside'])
    expect([beside.gone, slow.gone, root.gone]).toEqual([true, false, false])
    slow.finish()
    slow.finish()
    life.clock.flush()
    expect(gone).toEqual(['beside', 'root'])
    expect(root.gone).toBe(true)
  })

  test('works 100,000 siblings in slices, each within its time', () => {
    const clock = new LateClock()
    const reaper = new Reaper(clock)
    const lifetimes: Lifetimes = {
      clock,
      wheel: new Wheel(clock, 1),
      reap: (context) => reaper.add(context),
      report: () => {},
    }
    const { owner, drains } = counting()
    const root = new Context(lifetimes, null)
    const children = Array.from({ length: many }, () => new Context(lifetimes, root, owner))
    // A look at the clock costs a millisecond, so a slice of 4 ms ends at the fifth look.
    clock.lookMs = 1
    root.cancel()
    let slices = 0
    let most = 0
    for (let done = false; !done; slices++) {
      const before = drains()
      done = reaper.run(clock.now() + 4)
      most = Math.max(most, drains() - before)
    }
    expect(drains()).toBe(many)
    expect(slices).toBeGreaterThan(many / 100)
    expect(most).toBeLessThanOrEqual(32)
    expect(children.every((child) => child.gone)).toBe(true)
    expect(root.gone).toBe(true)
  })
})
