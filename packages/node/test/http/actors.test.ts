import { createServer } from 'node:http'
import { createSystem, defineBehavior, type Hold, type System } from '@sluice/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createActorsPage, parseActorsQuery } from '../../src/http/actors.ts'
import { createRouter } from '../../src/http/routes.ts'
import { listen } from './harness.ts'

const quiet = defineBehavior<never, null>({
  name: 'quiet',
  start: () => null,
  receive: () => undefined,
})
const stuck = defineBehavior<never, Hold>({
  name: 'stuck',
  start: (self) => self.hold('lock', 'permit'),
  receive: () => undefined,
})

/** Three quiet actors and two that wait, and a way to ask for the page. */
async function serve(): Promise<(query: string) => Promise<Response>> {
  const system = createSystem({ maxActors: 64 })
  onTestFinished(async () => void (await system.stop()))
  for (let i = 0; i < 3; i++) system.spawn(quiet)
  for (let i = 0; i < 2; i++) system.spawn(stuck)
  await settled(system)
  const routes = { exact: { '/debug/actors': createActorsPage(system) } }
  const port = await listen(
    createServer(
      createRouter(routes, (_what, error) => {
        throw error
      }),
    ),
  )
  return (query) => fetch(`http://127.0.0.1:${port}/debug/actors${query}`)
}

/** A turn later: every actor has started. */
function settled(system: System): Promise<void> {
  return new Promise((resolve) => system.atTurnEnd({ run: resolve }))
}

interface Dump {
  total: number
  actors?: { behavior: string; state: string }[]
  groups?: { behavior: string; state: string; wait: string; count: number }[]
  tombstones?: unknown[]
}

describe('/debug/actors', () => {
  test('groups what looks alike, as text', async () => {
    const ask = await serve()
    const response = await ask('')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await response.text()
    expect(text).toMatch(/^actors: total 6 \(idle 4, running 0, waiting 2\), orphans 0\n/)
    expect(text).toMatch(/^3 × quiet \[idle\]/m)
    expect(text).toMatch(/^2 × stuck \[waiting: lock permit\]/m)
    expect((await (await ask('?debug=1&format=text')).text()).split('\n')[0]).toBe(
      text.split('\n')[0],
    )
  })

  test('lists every actor, as text', async () => {
    const text = await (await (await serve())('?debug=2')).text()
    expect(text.match(/^quiet \w+ \[idle, /gm)).toHaveLength(3)
    expect(text.match(/^stuck \w+ \[waiting: lock permit, /gm)).toHaveLength(2)
  })

  test('says the same as JSON', async () => {
    const ask = await serve()
    const groups = (await (await ask('?format=json')).json()) as Dump
    expect(groups.groups?.map(({ behavior, count }) => [behavior, count])).toEqual([
      ['quiet', 3],
      ['stuck', 2],
      ['root', 1],
    ])
    expect(groups).not.toHaveProperty('actors')
    const all = (await (await ask('?debug=2&format=json')).json()) as Dump
    expect(all.total).toBe(6)
    expect(all.actors).toHaveLength(6)
    expect(all.tombstones).toEqual([])
  })

  test.each([
    ['behavior=stuck', ['stuck', 'stuck']],
    ['state=waiting', ['stuck', 'stuck']],
    ['wait=lock', ['stuck', 'stuck']],
    ['wait=ask', []],
    ['behavior=nobody', []],
    ['state=idle&behavior=quiet&limit=2', ['quiet', 'quiet']],
    ['limit=1', ['root']],
  ])('picks by %s', async (query, names) => {
    const dump = await (await (await serve())(`?debug=2&format=json&${query}`)).json()
    expect((dump as Dump).actors?.map(({ behavior }) => behavior)).toEqual(names)
    expect((dump as Dump).total).toBe(6)
  })

  test('names what it cannot read', async () => {
    const response = await (await serve())('?debug=3&format=xml&limit=0&state=asleep&wait=x&foo=1')
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { message: string } }
    expect(error.message.split('; ').toSorted()).toEqual([
      'debug: expected one of 1, 2',
      'foo: unknown, known are debug, format, limit, state, behavior, wait',
      'format: expected one of text, json',
      'limit: expected a whole number from 1 to 999999999',
      'state: expected one of idle, running, waiting, dead',
      'wait: expected one of socket, ask, mailbox, lock, redis, timer, child, promise',
    ])
  })

  test('leaves the token to the gate', () => {
    expect(parseActorsQuery(new URLSearchParams({ token: 'x' }))).toMatchObject({ debug: 1 })
  })
})
