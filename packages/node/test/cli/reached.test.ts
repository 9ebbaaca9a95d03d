import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { fetchDumps } from '../../src/cli/actors.ts'
import { AdminClient } from '../../src/cli/admin.ts'
import { listen } from '../http/harness.ts'

/** An admin port that answers this. */
async function adminOf(answer: object): Promise<AdminClient> {
  const server = createServer((_request, response) => response.end(JSON.stringify(answer)))
  return new AdminClient(`http://127.0.0.1:${await listen(server)}`, undefined)
}

const refused = [{ node: 'b', status: 400, message: 'too\u001B[2J much' }]

test('nodes that did not answer are named, and cannot steer a terminal', async () => {
  const nodes = [{ node: 'a', uid: '1', view: { actors: [] } }]
  const answer = { nodes, refused, silent: ['c'] }
  const admin = await adminOf(answer)
  expect(await fetchDumps(admin, {}, { cluster: true })).toEqual({
    dumps: [{ node: 'a', dump: { actors: [] } }],
    missing: ['b: too much', 'c did not answer'],
    reached: answer,
  })
})

test('no answer at all is a failure', async () => {
  const admin = await adminOf({ nodes: [], refused, silent: ['c'] })
  await expect(fetchDumps(admin, {}, { node: 'c' })).rejects.toThrow(
    'b: too much; c did not answer',
  )
})
