import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { check, checkReaped, Forest, op, run } from './context-forest.ts'

test('no child outlives its parent, and ends are told in order, whatever is done to the tree', () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 50 }), (ops) => {
      const forest = new Forest()
      forest.spawn(undefined, 'quick')
      for (const step of ops) {
        run(forest, step)
        check(forest)
        if (step.do === 'advance') checkReaped(forest)
      }
      forest.life.clock.flush()
      check(forest)
      checkReaped(forest)

      // To the end: nothing is left, neither a context nor a timer.
      forest.nodes[0]!.context.cancel()
      forest.nodes[0]!.cancelled = true
      forest.life.clock.flush()
      for (const node of forest.nodes) {
        if (node.owner !== 'slow' || node.finished) continue
        node.finished = true
        if (node.drains.length > 0) node.context.finish()
        forest.life.clock.flush()
      }
      forest.life.clock.flush()
      checkReaped(forest)
      expect(forest.nodes.filter((node) => !node.context.gone)).toEqual([])
      expect(forest.life.wheel.size).toBe(0)
      expect(forest.life.clock.pending).toBe(0)
      expect(forest.life.errors).toEqual([])
    }),
    { numRuns: 300 },
  )
})
