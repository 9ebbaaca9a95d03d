import { expect, test } from 'vitest'
import type { Change, Report } from '../../src/extend/remote.ts'
import { Roll } from '../../src/extend/roll.ts'

function createRoll() {
  const heard: string[] = []
  const roll = new Roll({
    joined: ({ client }) => heard.push(`+${client}`),
    left: ({ client }) => heard.push(`-${client}`),
  })
  return { roll, heard: () => heard.splice(0) }
}

const changes = (...texts: string[]): Change[] =>
  texts.map((text) => ({
    type: text.startsWith('-') ? 'left' : 'joined',
    client: { client: text.slice(1), user: '' },
  }))
const all = (...texts: string[]): Report => ({
  first: true,
  last: true,
  changes: changes(...texts),
})
const some = (...texts: string[]): Report => ({
  first: false,
  last: false,
  changes: changes(...texts),
})

test('a roll takes changes only from a node that has told all of its members', () => {
  const { roll, heard } = createRoll()
  expect(roll.take('a', some('+1'), 0)).toBe(false)
  expect(heard()).toEqual([])
  expect(roll.take('a', all(), 0)).toBe(true)
  expect(roll.take('a', some('+1', '-1', '+2'), 0)).toBe(true)
  expect(heard()).toEqual(['+1', '-1', '+2'])
})

test('a roll tells of each client once, however often a node repeats itself', () => {
  const { roll, heard } = createRoll()
  roll.take('a', all('+1', '+2'), 0)
  roll.take('a', some('+2', '-9'), 0)
  expect(heard()).toEqual(['+1', '+2'])
  // In two parts: who is named in neither has left.
  roll.take('a', { first: true, last: false, changes: changes('+3') }, 0)
  roll.take('a', { first: false, last: true, changes: changes('+2') }, 0)
  expect(heard()).toEqual(['+3', '-1'])
  expect(roll.clients().map(({ client }) => client)).toEqual(['2', '3'])
})

test('a roll gives up the members of a node that has gone silent, and of no other', () => {
  const { roll, heard } = createRoll()
  roll.take('a', all('+1'), 0)
  roll.take('b', all('+2'), 50)
  roll.take('here', all('+3'), 0)
  heard()
  roll.expire(50, 'here')
  expect(heard()).toEqual(['-1'])
  expect(roll.nodes('here')).toEqual(['b'])
  expect([roll.isPeopled('here'), roll.isPeopled('b')]).toEqual([true, true])
  roll.take('b', some('-2'), 50)
  expect(roll.isPeopled('here')).toBe(false)
})
