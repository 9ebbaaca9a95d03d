import { expect, test } from 'vitest'
import { Code, SluiceError } from '../src/errors.ts'

test('the code leads the message, and is there for programs', () => {
  const cause = new Error('socket hang up')
  const error = new SluiceError(Code.not_available, 'no link to the other nodes', { cause })
  expect(error.message).toBe('[not_available] no link to the other nodes')
  expect(error).toMatchObject({ name: 'SluiceError', code: 'not_available', cause })
  expect(error).toBeInstanceOf(Error)
})

test('every code is named as it reads', () => {
  for (const [name, code] of Object.entries(Code)) {
    expect(code).toBe(name)
    expect(code).toMatch(/^[a-z]+(_[a-z]+)+$|^closed$/)
  }
})

test('from keeps an error of our own, and wraps the rest with the thing as the cause', () => {
  const own = new SluiceError(Code.closed, 'gone')
  expect(SluiceError.from(own)).toBe(own)

  const foreign = new TypeError('x is not a function')
  const wrapped = SluiceError.from(foreign)
  expect(wrapped.message).toBe('[handler_failed] x is not a function')
  expect(wrapped.cause).toBe(foreign)
  expect(SluiceError.from(foreign, Code.ask_failed).code).toBe('ask_failed')
})

test('from takes whatever can be thrown', () => {
  const rude = {
    toString() {
      throw new Error('no')
    },
  }
  const texts = [
    'boom',
    undefined,
    null,
    7,
    Symbol('s'),
    Object.create(null),
    rude,
    new Error(''),
  ].map((thrown) => SluiceError.from(thrown).message)
  expect(texts).toEqual([
    '[handler_failed] boom',
    '[handler_failed] undefined',
    '[handler_failed] null',
    '[handler_failed] 7',
    '[handler_failed] Symbol(s)',
    '[handler_failed] something that has no text',
    '[handler_failed] something that has no text',
    '[handler_failed] Error',
  ])
})
