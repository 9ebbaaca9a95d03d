// The devtool in a real browser: an actor is traced while it is stuck and until it is dead, and dumped with what is around it.

import { until } from '@sluice/test-support'
import { expect, test } from 'vitest'
import { devtoolForTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const openDevtool = devtoolForTests()

const config = new URL('../../examples/stuck/sluice.config.ts', import.meta.url)

interface Dumps {
  readonly dumps: readonly unknown[]
}

/** The warehouse, when nothing moves any more in it, and the ids of those who matter. */
async function startStuck(): Promise<Gateway & { idOf: (behavior: string) => Promise<string> }> {
  const gateway = await startGateway({ config })
  await until(async () => Number((await gateway.vars())['actors_waiting']) === 13, {
    what: 'the clerk and his twelve pickers wait',
  })
  const idOf = async (behavior: string): Promise<string> => {
    const { actors } = await gateway.actors()
    return actors.find((actor) => actor.behavior === behavior)!.id
  }
  return { ...gateway, idOf }
}

test('a trace shows what an actor is stuck on, what it does when it goes on, and how it dies', async () => {
  await using gateway = await startStuck()
  const clerk = await gateway.idOf('clerk')
  const { page, show, complaints, faults } = await openDevtool(gateway.admin)
  await show(`actor/${clerk}`)
  await page.getByRole('button', { name: 'Trace it for a minute …' }).click()
  const sure = page.getByRole('button', { name: `Trace clerk ${clerk} for 60 s` })
  await sure.waitFor()
  // The first click has only asked.
  expect((await fetch(`${gateway.admin}/debug/actors/${clerk}/trace`)).status).toBe(404)
  await sure.click()
  const trace = page.getByRole('region', { name: 'Trace' })
  await trace.getByText(/1 entry in .*, \d+ s left/).waitFor()
  const lines = linesOf(page, 'Trace')
  expect(await lines.first().innerText()).toMatch(/part[^]*lock auditor \S+[^]*not over/)
  await trace.getByText(/part: out since before, awaits \(lock auditor \S+\), not over/).waitFor()

  const auditor = await gateway.idOf('auditor')
  await fetch(`${gateway.admin}/debug/actors/${auditor}/end`, { method: 'POST' })
  await trace.getByText(/12 entries in/).waitFor()
  const types = linesOf(page, 'Messages by type')
  expect(await types.count()).toBe(1)
  expect(await types.innerText()).toMatch(/^part\s+12\s+0\s/)
  // By the keyboard, from one message to the next.
  const line = trace.getByRole('slider', { name: 'Line of time' })
  await line.focus()
  await page.keyboard.press('End')
  const last = await line.getAttribute('aria-valuetext')
  expect(last).toMatch(/part: ran .*, ok$/)
  await page.keyboard.press('Home')
  expect(await line.getAttribute('aria-valuetext')).toMatch(
    /part: out since before, awaited .*, ok$/,
  )
  // And by pointing at one: what was out before is the first in the first lane.
  await page.keyboard.press('End')
  await line.locator('svg').hover({ position: { x: 20, y: 10 } })
  await trace.getByText(/^-\d+\.\d{3} s: part: out since before/).waitFor()
  for (const name of ['the last 5 s', 'all of it', 'the last 30 s']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await trace.getByRole('button', { name }).click()
  }
  expect(await faults()).toEqual([])

  await fetch(`${gateway.admin}/debug/actors/${clerk}/end?reason=seen`, { method: 'POST' })
  await page.getByText(/^dead: stopped/).waitFor()
  await trace.getByText(/; over: the actor is dead$/).waitFor()
  expect(await lines.first().innerText()).toMatch(/\(dead\)[^]*seen/)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    trace.getByRole('button', { name: 'Keep the trace' }).click(),
  ])
  expect(file.suggestedFilename()).toBe(`trace-clerk-${clerk}.json`)
  expect(await faults()).toEqual([])
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('a dump of an actor is written when that is said twice, and opened by its link', async () => {
  await using gateway = await startStuck()
  const clerk = await gateway.idOf('clerk')
  const { page, show, complaints, faults } = await openDevtool(gateway.admin)
  await show(`actor/${clerk}`)
  await page.getByRole('button', { name: 'Dump it …' }).click()
  const sure = page.getByRole('button', { name: /^Write a dump of clerk/ })
  await sure.waitFor()
  const listed = async (): Promise<number> => {
    const answer = await fetch(`${gateway.admin}/debug/dumps`)
    return ((await answer.json()) as Dumps).dumps.length
  }
  expect(await listed()).toBe(0)
  await page.getByLabel('Reason').fill('nothing moves')
  await sure.click()
  const link = page.getByRole('link', { name: /-request$/ })
  const name = await link.innerText()
  expect(await listed()).toBe(1)
  expect(await faults()).toEqual([])
  await link.click()
  await page.getByRole('heading', { name }).waitFor()
  await page.getByText(new RegExp(`request: clerk ${clerk}: nothing moves`)).waitFor()
  const text = await page.locator('pre').innerText()
  // The clerk and the twelve who wait on it, and nobody else.
  expect(text).toMatch(/^actors: total \d+, 13 match/)
  expect(text).toContain(`note: only clerk ${clerk}, all that it owns, and who waits on it`)
  // The link can be copied.
  await page.reload()
  await page.getByRole('heading', { name }).waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('an actor is traced without a mouse: the question has the focus, and gives it back', async () => {
  await using gateway = await startStuck()
  const clerk = await gateway.idOf('clerk')
  const { page, show, complaints } = await openDevtool(gateway.admin)
  await show(`actor/${clerk}`)
  const ask = page.getByRole('button', { name: /^Trace it for a minute/ })
  const asks = page.getByRole('textbox', { name: 'Reason' })
  const focused = page.locator(':focus')
  await ask.focus()
  await page.keyboard.press('Enter')
  await asks.waitFor()
  await page.keyboard.type('no')
  expect(await asks.inputValue()).toBe('no')
  await page.keyboard.press('Escape')
  await asks.waitFor({ state: 'detached' })
  await expect.poll(() => focused.innerText()).toMatch(/^Trace it for a minute/)
  await page.keyboard.press('Enter')
  await asks.waitFor()
  await page.keyboard.type('yes')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Trace' }).waitFor()
  await expect.poll(() => focused.innerText()).toMatch(/^Trace it for a minute more/)
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('a trace and a dump are not for who may only look', async () => {
  await using gateway = await startGateway({ config: { insecure: true, log: { level: 'fatal' } } })
  const { page, show } = await openDevtool(gateway.admin)
  await show('actor/1')
  await page.getByRole('button', { name: 'Trace it for a minute …' }).click()
  await page.getByRole('button', { name: /^Trace rooms 1/ }).click()
  await page.getByText(/see adminActions/).waitFor()
  await page.getByRole('button', { name: 'Leave it' }).click()
  await page.getByRole('button', { name: 'Dump it …' }).click()
  await page.getByRole('button', { name: /^Write a dump of rooms 1/ }).click()
  await page.getByText(/see adminActions/).waitFor()
  expect((await fetch(`${gateway.admin}/debug/actors/1/trace`)).status).toBe(404)
  const { dumps } = (await (await fetch(`${gateway.admin}/debug/dumps`)).json()) as Dumps
  expect(dumps).toEqual([])
  await page.context().close()
})
