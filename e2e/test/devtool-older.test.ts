// The devtool in a real browser while nodes are replaced one by one: the older ones know neither the newer views nor what is new
// in those that they have.

import { expect, test } from 'vitest'
import { devtoolForTests, forTests } from '../support/devtool/hooks.ts'
import { linesOf } from '../support/devtool/page.ts'
import { startTroubledCluster } from '../support/devtool/scenes.ts'

interface Answer {
  nodes: { node: string; view: Record<string, unknown> }[]
  refused: { node: string; status: number; message: string }[]
}

/** Of a node, since the first version. */
const firstFacts = [
  'uid name version pid uptimeMs link draining connections users rooms actors',
  'orphans unknownEnds restarts heapBytes rssBytes',
].flatMap((names) => names.split(' '))

const openDevtool = devtoolForTests()
const cluster = forTests(startTroubledCluster)

test('a node of an older version says less, and all else is shown', async () => {
  const { page, show, sees, faults, complaints } = await openDevtool(cluster().first.admin)
  await page.route('**/debug/nodes', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as Answer
    for (const one of answer.nodes) {
      if (one.node !== 'two') continue
      one.view = Object.fromEntries(firstFacts.map((name) => [name, one.view[name]]))
    }
    await route.fulfill({ response, json: answer })
  })
  await show('nodes')
  const lines = linesOf(page, 'Nodes')
  await lines.nth(2).waitFor()
  expect(await lines.allInnerTexts()).toEqual([
    expect.stringMatching(/^one\s+up, [\d.]+ ms\s+[\d.]+ of 30 s\s+\d\S* m?s\s/),
    expect.stringMatching(/^three\s+up, /),
    expect.stringMatching(/^two\s+up\s+not told\s+not told\s/),
  ])
  expect(await linesOf(page, 'Links and leases').count()).toBe(2)
  await sees('Not told by two: an older version.')
  expect(await faults()).toEqual([])
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('the actors of a node that knows of no pages begin as those of all others', async () => {
  const { page, show, complaints } = await openDevtool(cluster().first.admin)
  await page.route(/\/debug\/actors\?.*\bskip=/, (route) => {
    const refused = [{ node: 'two', status: 400, message: 'skip: unknown key' }]
    return route.fulfill({ json: { nodes: [], refused, silent: [] } })
  })
  await show('actors?node=two')
  await linesOf(page, 'Actors').first().waitFor()
  expect(complaints()).toEqual([])
  await page.context().close()
})

test('nothing is said to be well when no node tells what is wrong with it', async () => {
  const { page, show, sees } = await openDevtool(cluster().first.admin)
  await page.route('**/debug/nodes/lints', async (route) => {
    const response = await route.fetch()
    const { nodes } = (await response.json()) as Answer
    const refused = nodes.map(({ node }) => ({ node, status: 400, message: 'no view lints' }))
    await route.fulfill({ response, json: { nodes: [], refused, silent: [] } })
  })
  await show('overview?node=*')
  await sees('two: no view lints')
  await sees('No node tells what is wrong with it.')
  expect(await page.getByText(/No lint has found/).count()).toBe(0)
  await page.context().close()
})
