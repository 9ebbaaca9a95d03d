import { expect, test } from 'vitest'
import { Views } from '../../src/seeing/view-work.ts'
import { folder } from './folder.ts'

/** What keeps this process from ending. */
function keepers(): number {
  return process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker/.test(name)).length
}

test('a view that is being made keeps no process alive', async () => {
  const dir = folder()
  const before = keepers()
  const view = new Views(() => dir).view({ what: 'print', id: 'nothing', debug: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  expect(keepers()).toBe(before)
  expect(await view).toEqual({ missing: 'nothing' })
})
