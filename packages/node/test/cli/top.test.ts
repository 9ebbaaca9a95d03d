import { createSystem, defineBehavior, type Dump, takeDump } from '@sluice/core'
import { expect, onTestFinished, test } from 'vitest'
import { View } from '../../src/cli/top.ts'

const counter = defineBehavior<'count', string, string>({
  name: 'counter',
  start: (_self, name: string) => name,
  receive: () => undefined,
  label: (name) => name,
})

/** Two dumps a second apart: alpha has handled 10 more, beta 2. */
async function twoDumps(): Promise<[Dump, Dump]> {
  const system = createSystem({ maxActors: 64 })
  onTestFinished(async () => void (await system.stop()))
  const [alpha, beta] = [system.spawn(counter, 'alpha'), system.spawn(counter, 'beta')]
  const settled = (): Promise<void> => new Promise((run) => system.atTurnEnd({ run }))
  await settled()
  const before = takeDump(system)
  for (let i = 0; i < 10; i++) alpha.tell('count')
  for (let i = 0; i < 2; i++) beta.tell('count')
  await settled()
  const later = new Date(Date.parse(before.takenAt) + 1_000).toISOString()
  return [before, { ...takeDump(system), takenAt: later }]
}

const terminal = { width: 80, colors: false }
const key = (text: string, name = text): Parameters<View['press']>[0] => ({
  name,
  text,
  ctrl: false,
})

test('shows what was handled between two looks, a second apart', async () => {
  const view = new View({ sort: 'rate', limit: '10' })
  expect(view.lines(terminal, 24)).toEqual(['asking …'])
  for (const dump of await twoDumps()) view.take(dump)
  const lines = view.lines(terminal, 24)
  expect(lines[0]).toMatch(
    /^3 actors: 3 idle, 0 running, 0 waiting, 0 orphans · up .* · handled 12$/,
  )
  expect(lines).toContainEqual(
    expect.stringMatching(/^1 +counter +idle +\d+ ms +10 +10 +0 +alpha$/),
  )
  expect(lines).toContainEqual(expect.stringMatching(/^2 +counter +idle +\d+ ms +2 +2 +0 +beta$/))
  expect(lines.every((line) => line.length <= 80)).toBe(true)
})

test('is no taller than the terminal', async () => {
  const view = new View({ sort: 'rate', limit: '10' })
  for (const dump of await twoDumps()) view.take(dump)
  expect(view.lines(terminal, 6)).toHaveLength(5)
})

test('sorts, filters, pauses and ends by keys', async () => {
  const view = new View({ sort: 'rate', limit: '10' })
  for (const dump of await twoDumps()) view.take(dump)
  for (const [name, sort] of [
    ['m', 'mailbox'],
    ['h', 'handled'],
    ['s', 'state'],
    ['a', 'age'],
    ['r', 'rate'],
  ] as const) {
    view.press(key(name))
    expect(view.sort).toBe(sort)
  }
  for (const text of '/alq') view.press(key(text))
  view.press(key('', 'backspace'))
  expect(view.lines(terminal, 24)[1]).toBe('/al▏')
  view.press(key('\r', 'return'))
  const lines = view.lines(terminal, 24)
  expect(lines.filter((line) => line.includes('counter'))).toHaveLength(1)
  expect(lines[1]).toContain('filter "al"')
  view.press(key('', 'escape'))
  expect(view.lines(terminal, 24).filter((line) => line.includes('counter'))).toHaveLength(2)
  view.press(key('p'))
  expect([view.paused, view.over]).toEqual([true, false])
  view.press(key('q'))
  expect(view.over).toBe(true)
})
