import { describe, expect, test } from 'vitest'
import { createEnd, endCodes, formatEnd, rootCause } from '../src/ends.ts'

const sigterm = createEnd('stopped', 'SIGTERM')
const draining = createEnd('stopped', 'draining', 'edge 3', sigterm)

describe('an end', () => {
  test('reads as a sentence, the nearest cause first', () => {
    const end = createEnd('context', '', 'connection 7f3a', draining)
    expect(formatEnd(end)).toBe('connection 7f3a: context ended ← edge 3: draining ← SIGTERM')
  })

  test('says in words what has no detail', () => {
    expect(endCodes.map((code) => formatEnd(createEnd(code)))).toEqual([
      'completed',
      'stopped',
      'context ended',
      'deadline passed',
      'failed',
      'restart budget spent',
      'did not stop in time',
      'unknown',
    ])
  })

  test('knows where its chain began', () => {
    expect(rootCause(createEnd('context', '', '', draining))).toBe(sigterm)
    expect(rootCause(sigterm)).toBe(sigterm)
  })

  test('stays printable when its chain is endless', () => {
    const loop: { cause: unknown } = { ...createEnd('failed', 'again'), cause: undefined }
    loop.cause = loop
    expect(formatEnd(loop as never).split(' ← ')).toHaveLength(32)
    expect(rootCause(loop as never)).toBe(loop)
  })
})
