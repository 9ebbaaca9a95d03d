// The life of a gateway as a process, and what it notices of the lives of its peers.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, until } from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { gather } from '../support/audience.ts'
import { balance, nothingLeft, openBooks } from '../support/books.ts'
import { startChat } from '../support/chat.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { descendants, takePort } from '../support/processes.ts'
import { openRaw } from '../support/raw.ts'

/** What a log line of this event says. */
function logged(gateway: Gateway, event: string): Promise<Record<string, unknown>> {
  const find = (): Record<string, unknown> | undefined => {
    const line = gateway.logs.find((each) => each.includes(`"msg":"${event}"`))
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>)
  }
  return until(find, { what: `${event} is logged` })
}

test('SIGTERM sends 500 clients elsewhere in paced batches, and ends with 0', async () => {
  const intervalMs = 200
  const gateway = await startGateway({
    config: { insecure: true, drain: { batch: 50, intervalMs } },
  })
  onTestFinished(() => gateway.kill())
  const crowd = await gather(gateway.client, 'crowd', 500)
  process.kill(gateway.pid, 'SIGTERM')

  await Promise.race(crowd.map(({ client }) => client.goodbye))
  // Some are still here, and nobody else is let in.
  const late = await openRaw(gateway.client)
  expect(late.status).toBe(503)
  const ready = await fetch(`${gateway.client}/ready`)
  expect([ready.status, await ready.json()]).toMatchObject([503, { reason: 'draining' }])

  const ends = await Promise.all(crowd.map(({ client }) => client.closed))
  for (const end of ends) expect(end).toEqual({ code: 3001, reason: 'shutdown' })
  expect(await gateway.exit).toBe(0)
  // Ten batches have nine pauses between them.
  const { tookMs, cut } = await logged(gateway, 'node.drained')
  expect(tookMs).toBeGreaterThanOrEqual(9 * intervalMs)
  expect(cut).toBe(0)
  await takePort(gateway.client)
  await takePort(gateway.admin)
})

test('who does not answer its goodbye is cut at the deadline, and the end is still 0', async () => {
  const gateway = await startGateway({
    config: { insecure: true, drain: { deadlineMs: 500 }, limits: { closeTimeoutMs: 60_000 } },
  })
  onTestFinished(() => gateway.kill())
  const deaf = await openRaw(gateway.client, { answersClose: false })
  await deaf.call('connect', {})
  process.kill(gateway.pid, 'SIGTERM')
  expect(await deaf.closed).toMatchObject({ code: 3001 })
  expect(await gateway.exit).toBe(0)
})

test('a second SIGTERM ends it at once, with 1', async () => {
  const gateway = await startGateway({
    config: { insecure: true, limits: { closeTimeoutMs: 60_000 } },
  })
  onTestFinished(() => gateway.kill())
  const deaf = await openRaw(gateway.client, { answersClose: false })
  await deaf.call('connect', {})
  process.kill(gateway.pid, 'SIGTERM')
  expect(await deaf.goodbye).toMatchObject({ code: 3001 })
  // Two at the same moment are one: npm passes on what the terminal has sent already.
  await sleep(1_000)
  process.kill(gateway.pid, 'SIGTERM')
  expect(await gateway.exit).toBe(1)
  await takePort(gateway.client)
})

test('SIGKILL leaves no process and no port behind', async () => {
  const gateway = await startGateway()
  onTestFinished(() => gateway.kill())
  const client = await openRaw(gateway.client)
  await client.call('connect', {})
  const family = [gateway.pid, ...descendants(gateway.pid)]
  expect(family.every((pid) => isRunning(pid))).toBe(true)
  await gateway.kill()
  expect(await client.closed).toMatchObject({ code: 1006 })
  await until(() => !family.some((pid) => isRunning(pid)), { what: 'all its processes are gone' })
  await takePort(gateway.client)
  await takePort(gateway.admin)
})

test('peers that vanished are ended with 3012, and the others not', async () => {
  await using gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'warn' },
      heartbeat: { pingMs: 600, pongMs: 400, jitter: 0.1 },
      limits: { closeTimeoutMs: 500 },
    },
  })
  const books = await openBooks(gateway)
  const beside = await startChat(gateway.client, { room: 'beside' })

  // One that reads, and never answers a ping.
  const mute = await openRaw(gateway.client, { answersPings: false })
  await mute.call('connect', {})
  expect(await mute.closed).toEqual({ code: 3012, reason: 'no pong' })
  expect(mute.messages.filter((message) => message === '{}')).toHaveLength(1)

  // Twenty whose process is frozen: no FIN, no reset, no answer.
  const holder = spawn(
    process.execPath,
    [new URL('../support/holder.ts', import.meta.url).pathname, gateway.client, '20', 'crowd'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  expect(await gateway.vars()).toMatchObject({ sockets: 22, members: 22 })
  holder.kill('SIGSTOP')
  await until(async () => (await gateway.vars())['members'] === 2, { what: 'they are no members' })
  expect(await balance(gateway, books, { sockets: 2, rooms: 1 })).toMatchObject(nothingLeft)
  const { tombstones } = await gateway.actors()
  const frozen = tombstones.filter(({ behavior }) => behavior === 'connection').slice(0, 20)
  expect(frozen).toHaveLength(20)
  for (const { end } of frozen) expect(end).toMatch(/: 3012 no pong$/)
  await beside.stop()
})
