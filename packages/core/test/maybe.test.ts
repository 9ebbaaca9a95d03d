import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { isPromise } from '../src/maybe.ts'

test('promises of any make must be awaited', () => {
  const foreign: unknown = runInNewContext('Promise.resolve(1)')
  const thenable = { then: () => {} }
  expect([Promise.resolve(), foreign, thenable].map(isPromise)).toEqual([true, true, true])
})

test('values need not, whatever they look like', () => {
  const builder = Object.assign(() => {}, { then: () => {} })
  const values = [undefined, null, 0, '', 'then', Symbol('s'), {}, [], { then: true }, builder]
  expect(values.map(isPromise)).toEqual(values.map(() => false))
})
