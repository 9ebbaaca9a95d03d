import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Forest, op } from './context-forest.ts'

test('no child outlives its parent, and ends are told in order, whatever is done to the tree', () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 50 }), (ops) => {
      const forest = new Forest()
      forest.spawn(undefined, 'quick')
      for (const step of ops) {
        forest.run(step)
        forest.check()
        if (step.do === 'advance') forest.checkReaped()
      }
      forest.life.clock.flush()
      forest.check()
      forest.checkReaped()

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
      forest.checkReaped()
      expect(forest.nodes.filter((node) => !node.context.gone)).toEqual([])
      expect(forest.life.wheel.size).toBe(0)
      expect(forest.life.clock.pending).toBe(0)
      expect(forest.life.errors).toEqual([])
    }),
    { numRuns: 300 },
  )
})
