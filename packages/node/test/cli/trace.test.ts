import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Finished, run, type Running, start } from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'sluice-trace-'))
const desk = new URL('../support/behaviors/desk.ts', import.meta.url).pathname
let node: Running
let client: string
let admin: string
let id: string

beforeAll(async () => {
  const config = { insecure: true, name: 'alpha', port: 0, adminPort: 0, adminActions: true }
  writeFileSync(
    join(cwd, 'sluice.config.json'),
    JSON.stringify({ ...config, rpc: { 'desk.echo': desk } }),
  )
  node = start(['start'], cwd)
  const line = await node.line(/^sluice ready/)
  const [there, here] = line.match(/http:\/\/\S+/g) as [string, string]
  client = `${new URL(there).origin.replace('http', 'ws')}/connection/websocket`
  admin = new URL(here).origin
  const { stdout } = await look('actors', '--behavior', 'desk', '--json')
  id = (JSON.parse(stdout) as { actors: { id: string }[] }).actors[0]!.id
})
afterAll(async () => {
  node.child.kill('SIGTERM')
  await node.finished
  rmSync(cwd, { recursive: true })
})

const look = (...args: string[]): Promise<Finished> => run([...args, '--admin', admin], cwd)

/** Calls the desk as a client does. */
async function call(): Promise<void> {
  const socket = new WebSocket(client)
  onTestFinished(() => socket.close())
  const answered = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      if (String(data).includes('"id":2')) resolve()
    })
  })
  socket.addEventListener('open', () => {
    socket.send(`{"id":1,"connect":{}}\n{"id":2,"rpc":{"method":"desk.echo","data":1}}`)
  })
  await answered
}

/** Watches the desk from now on. */
async function watch(...args: string[]): Promise<Running> {
  const watching = start(['trace', id, '--admin', admin, ...args], cwd)
  await watching.line(/^desk \w+ of alpha, for \d+ s$/)
  return watching
}

test('sluice trace prints each message when it is done, and what they come to when the time is up', async () => {
  const watching = await watch('--seconds', '600', '--node', 'alpha')
  await call()
  await watching.line(/^ +\d+\.\d{3} s {2}rpc from connection \w+: .* ok$/)
  await look('trace', id, '--seconds', '0')
  const { code, stdout, stderr } = await watching.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^TYPE +COUNT +FAILED +RAN +P50 +P99 +MOST +AWAITED$/m)
  expect(stdout).toMatch(/^rpc +1 +0 /m)
  expect(stdout.trimEnd()).toMatch(new RegExp(`^desk ${id}: somebody ended it$`, 'm'))
})

test('ctrl-C ends the watching, and says that the trace goes on', async () => {
  const watching = await watch()
  watching.child.kill('SIGINT')
  const { code, stdout } = await watching.finished
  expect(code).toBe(0)
  expect(stdout.trimEnd()).toMatch(
    new RegExp(
      `^desk ${id}: the trace goes on for \\d+ s; sluice trace ${id} --seconds 0 ends it$`,
      'm',
    ),
  )
})

test('what cannot be traced is told in one line', async () => {
  expect(await look('trace', 'ffff')).toMatchObject({
    code: 1,
    stderr: 'sluice: no live actor ffff\n',
  })
  expect(await look('trace', id, '--seconds', '601')).toMatchObject({
    code: 1,
    stderr: 'sluice: seconds: expected a whole number from 0 to 600, got "601"\n',
  })
})
