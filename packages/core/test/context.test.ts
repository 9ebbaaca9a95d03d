import { describe, expect, test } from 'vitest'
import { Context, type Owner } from '../src/context.ts'
import { createEnd, type End, formatEnd } from '../src/ends.ts'
import { Life } from './world.ts'

function named(name: string): Owner {
  return { name, ending: () => {}, drained: () => true }
}

describe('a context', () => {
  test('ends at once, with all below it', () => {
    const life = new Life()
    const root = new Context(life, null)
    const middle = root.withCancel()
    const leaf = middle.withCancel().withValue('k', 1).withTimeout(1_000)
    const aside = root.withCancel()
    expect(middle.cancel()).toBe(true)
    expect([middle.ended, leaf.ended, aside.ended, root.ended]).toEqual([true, true, false, false])
  })

  test('says why it ended, up to the first cause', () => {
    const life = new Life()
    const edge = new Context(life, null, named('edge 3'))
    const connection = new Context(life, edge, named('connection 7f3a'))
    const request = connection.withCancel()
    edge.cancel(createEnd('stopped', 'draining', 'edge 3', createEnd('stopped', 'SIGTERM')))
    life.clock.flush()
    expect(formatEnd(request.cause()!)).toBe(
      'connection 7f3a: context ended ← edge 3: context ended ← edge 3: draining ← SIGTERM',
    )
    expect(connection.cause()!.code).toBe('context')
  })

  test('lets all children share one end', () => {
    const life = new Life()
    const root = new Context(life, null)
    const one = root.withCancel()
    const two = root.withCancel()
    root.cancel()
    life.clock.flush()
    expect(one.cause()).toBe(two.cause())
  })

  test('is cancelled once: the second time changes nothing', () => {
    const life = new Life()
    const root = new Context(life, null)
    const end = createEnd('failed', 'first')
    expect(root.cancel(end)).toBe(true)
    expect(root.cancel(createEnd('failed', 'second'))).toBe(false)
    expect(root.cause()).toBe(end)
  })

  test('ends at its deadline, and at no later one than its parent has', () => {
    const life = new Life()
    const root = new Context(life, null).withTimeout(100)
    const child = root.withDeadline(5_000)
    expect(child.deadline).toBe(100)
    life.clock.advance(99)
    expect(child.ended).toBe(false)
    life.clock.advance(1)
    expect(root.cause()).toMatchObject({ code: 'deadline' })
    expect(child.cause()).toMatchObject({ code: 'context', cause: { code: 'deadline' } })
    expect(life.wheel.size).toBe(0)
  })

  test('takes an earlier deadline, not a later one', () => {
    const life = new Life()
    const context = new Context(life, null).withTimeout(100)
    context.setDeadline(200)
    expect(context.deadline).toBe(100)
    context.setDeadline(50)
    expect(context.deadline).toBe(50)
    expect(life.wheel.size).toBe(1)
    life.clock.advance(50)
    expect(context.ended).toBe(true)
    expect(life.wheel.size).toBe(0)
  })

  test('arms no timer once it has ended', () => {
    const life = new Life()
    const leaving: Owner = { name: 'slow', ending: () => {}, drained: () => false }
    const context = new Context(life, null, leaving)
    context.cancel()
    context.setDeadline(50)
    life.clock.flush()
    context.setDeadline(50)
    context.withTimeout(70)
    expect(life.wheel.size).toBe(0)
  })

  test('finds the nearest value for a key', () => {
    const life = new Life()
    const root = new Context(life, null).withValue('user', 'ann').withValue('room', 'lobby')
    const child = root.withValue('user', 'bob')
    expect([child.value('user'), child.value('room'), root.value('user')]).toEqual([
      'bob',
      'lobby',
      'ann',
    ])
    expect(child.value('none')).toBeUndefined()
  })

  test('throws from check once it has ended, with a code that tells a deadline from a cancel', () => {
    const life = new Life()
    const cancelled = new Context(life, null)
    cancelled.check()
    cancelled.cancel(createEnd('stopped', 'draining'))
    expect(() => cancelled.check()).toThrow('[context_ended] draining')
    const late = new Context(life, null).withTimeout(5)
    life.clock.advance(5)
    expect(() => late.check()).toThrow('[deadline_exceeded] deadline')
  })
})

describe('what is born into an ended context', () => {
  test('has ended, whether the reaper has been there or not', () => {
    const life = new Life()
    const root = new Context(life, null)
    const before = root.withCancel()
    root.cancel()
    const early = before.withTimeout(10)
    expect(early.ended).toBe(true)
    life.clock.flush()
    const late = before.withCancel()
    expect([late.ended, late.gone]).toEqual([true, true])
    expect(life.wheel.size).toBe(0)
    expect([root.gone, before.gone, early.gone]).toEqual([true, true, true])
  })

  test('still calls its hooks, soon', () => {
    const life = new Life()
    const root = new Context(life, null)
    root.cancel()
    const heard: string[] = []
    root.withCancel().onEnd(() => heard.push('before the reaper'))
    life.clock.flush()
    const late = root.withCancel()
    late.onEnd(() => heard.push('after'))
    late.onEnd(() => heard.push('taken away'))()
    expect(heard).toEqual(['before the reaper'])
    life.clock.flush()
    expect(heard).toEqual(['before the reaper', 'after'])
  })
})

describe('an onEnd hook', () => {
  test('gets the end, once', () => {
    const life = new Life()
    const root = new Context(life, null)
    const ends: End[] = []
    root.onEnd((end) => ends.push(end))
    const end = createEnd('stopped', 'bye')
    root.cancel(end)
    root.cancel()
    life.clock.flush()
    life.clock.advance(1_000)
    expect(ends).toEqual([end])
  })

  test('counts twice when given twice, and each is taken away on its own', () => {
    const life = new Life()
    const root = new Context(life, null)
    let calls = 0
    const hook = (): void => void calls++
    const off = root.onEnd(hook)
    root.onEnd(hook)
    off()
    off()
    root.cancel()
    life.clock.flush()
    expect(calls).toBe(1)
  })

  test('that throws is reported, and the others run', () => {
    const life = new Life()
    const root = new Context(life, null)
    const fault = new Error('hook')
    let ran = false
    root.onEnd(() => {
      throw fault
    })
    root.onEnd(() => {
      ran = true
    })
    root.cancel()
    life.clock.flush()
    expect(ran).toBe(true)
    expect(life.errors).toEqual([fault])
  })

  test('may add hooks, contexts and cancels of its own', () => {
    const life = new Life()
    const root = new Context(life, null)
    const other = new Context(life, null)
    const heard: string[] = []
    other.onEnd(() => heard.push('other'))
    root.onEnd(() => {
      root.onEnd(() => heard.push('added'))
      root.withCancel().onEnd(() => heard.push('child'))
      other.cancel()
    })
    root.cancel()
    life.clock.flush()
    expect(heard.toSorted()).toEqual(['added', 'child', 'other'])
  })
})

describe('a signal', () => {
  test('is made when asked for, and aborts with the reason', () => {
    const life = new Life()
    const root = new Context(life, null)
    const child = root.withCancel()
    const { signal } = child
    expect(child.signal).toBe(signal)
    root.cancel(createEnd('stopped', 'bye'))
    life.clock.flush()
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'context_ended' })
  })

  test('of an ended context is aborted from the start', () => {
    const life = new Life()
    const root = new Context(life, null)
    root.cancel()
    expect(root.signal.aborted).toBe(true)
  })
})
