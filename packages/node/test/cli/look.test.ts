import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { once } from 'node:events'
import { type Finished, main, run, type Running, start } from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'sluice-look-'))
const adminToken = 'a-token-for-operators'
let node: Running
let admin: string
const sockets: WebSocket[] = []

beforeAll(async () => {
  const config = {
    insecure: true,
    name: 'alpha',
    port: 0,
    adminPort: 0,
    adminToken,
    adminActions: true,
    dumps: { dir: 'dumps' },
    // These sockets answer no pings.
    heartbeat: { pingMs: '1h' },
  }
  writeFileSync(join(cwd, 'sluice.config.json'), JSON.stringify(config))
  node = start(['start'], cwd)
  const line = await node.line(/^sluice ready/)
  const [client, there] = line.match(/http:\/\/\S+/g) as [string, string]
  admin = new URL(there).origin
  for (let i = 0; i < 8; i++) {
    const socket = new WebSocket(
      `${new URL(client).origin.replace('http', 'ws')}/connection/websocket`,
    )
    sockets.push(socket)
    // oxlint-disable-next-line no-await-in-loop -- in this order they get their rows
    await once(socket, 'open')
    socket.send(
      `{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"${i < 3 ? 'lobby' : 'bar'}"}}`,
    )
    // oxlint-disable-next-line no-await-in-loop -- as above
    await once(socket, 'message')
  }
})
afterAll(async () => {
  for (const socket of sockets) socket.terminate()
  node.child.kill('SIGTERM')
  await node.finished
  rmSync(cwd, { recursive: true })
})

const look = (...args: string[]): Promise<Finished> =>
  run([...args, '--admin', admin], cwd, { SLUICE_ADMIN_TOKEN: adminToken })

/** Runs a command of the shell on a terminal of its own. */
function onTerminal(
  command: string,
): ReturnType<typeof spawn> & { stdin: Writable; stdout: Readable } {
  const terminal = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], SLUICE_ADMIN_TOKEN: adminToken, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void terminal.kill())
  return terminal
}

/** The lines of a command that ends well. */
async function lines(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await look(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

describe('sluice actors', () => {
  test('lists what is asked for in lines of 80 characters, and says of how many', async () => {
    const listed = await lines('actors', '--behavior', 'connection', '--limit', '5')
    expect(listed[0]).toMatch(/^ID +BEHAVIOUR +STATE +FOR +BOX +HANDLED +LABEL$/)
    expect(listed).toHaveLength(7)
    for (const line of listed.slice(1, 6)) expect(line).toMatch(/^\w+ +connection +\S/)
    expect(listed[6]).toMatch(/^5 of 8 that match, of 15 actors$/)
    expect(listed.every((line) => line.length <= 80)).toBe(true)
  })

  test('finds a text in ids, behaviours and labels', async () => {
    const listed = await lines('actors', '--search', 'LOBBY')
    expect(listed.slice(1, -1)).toEqual([expect.stringMatching(/^\w+ +room .* lobby$/)])
    expect(listed.at(-1)).toBe('1 of 15 actors')
  })

  test('finds who is in a room', async () => {
    const listed = await lines('actors', '--room', 'lobby')
    expect(listed.filter((line) => line.includes('connection'))).toHaveLength(3)
    expect(listed.filter((line) => / room +/.test(line))).toHaveLength(1)
  })

  test('gives the dump as JSON, of one node or of every one', async () => {
    const [one] = await lines('actors', '--state', 'idle', '--json')
    expect(JSON.parse(one!)).toMatchObject({ schema: 'sluice.dump/1', total: 15 })
    const [all] = await lines('actors', '--cluster', '--json')
    expect(JSON.parse(all!)).toMatchObject({
      nodes: [{ node: 'alpha', view: { total: 15 } }],
      refused: [],
      silent: [],
    })
  })

  test('says what is wrong with what it was asked', async () => {
    expect(await look('actors', '--state', 'asleep')).toMatchObject({
      code: 1,
      stderr: 'sluice: state: expected one of idle, running, waiting, dead, got "asleep"\n',
    })
  })
})

test('sluice tree shows who belongs to whom, and folds what is alike', async () => {
  const tree = await lines('tree')
  expect(tree[0]).toMatch(/^root 0 \[idle, /)
  expect(tree).toContainEqual(expect.stringMatching(/^├─ rooms 1 /))
  expect(tree).toContainEqual(expect.stringMatching(/^│ {2}└─ 8 × connection \[/))
  expect(await lines('tree', '--depth', '1')).toEqual([
    expect.stringMatching(/^root 0 .*, 14 below$/),
  ])
  expect(await look('tree', 'ffff')).toMatchObject({
    code: 1,
    stderr: 'sluice: no live actor ffff\n',
  })
})

test('sluice nodes shows the nodes', async () => {
  const [titles, alpha, ...more] = await lines('nodes')
  expect(titles).toMatch(/^NODE +LINK +UP +CLIENTS +ROOMS +ACTORS +WAITING +ORPHANS +RSS$/)
  expect(alpha).toMatch(/^alpha +up +\d+ m?s +8 +2 +15 +\d+ +0 +\d+ MB$/)
  expect(more).toEqual([])
})

test('sluice lineage tells where an actor comes from; sluice kill ends it; the dead are known', async () => {
  const [json] = await lines('actors', '--behavior', 'connection', '--json')
  const { actors } = JSON.parse(json!) as { actors: { id: string; label: string }[] }
  const { id, label } = actors.at(-1)!
  const told = await lines('lineage', id)
  expect(told[0]).toMatch(new RegExp(`^connection ${id} ${label} \\[`))
  expect(told).toContainEqual(expect.stringMatching(/^ {2}connection +by edge +at edge\.ts:\d+$/))
  expect(told).toContainEqual('  root 0')

  const closed = once(sockets.at(-1)!, 'close')
  expect(await lines('kill', id, '--reason', 'for the test')).toEqual([
    `told connection ${id} of alpha to end`,
  ])
  await closed
  expect((await lines('lineage', id))[0]).toMatch(
    new RegExp(`^connection ${id} .*\\[dead: stopped`),
  )
  const dead = await lines('actors', '--dead')
  expect(dead).toContainEqual(
    expect.stringMatching(new RegExp(`^${id} +connection +stopped .*for the test`)),
  )
  expect(await look('kill', id)).toMatchObject({ code: 1, stderr: `sluice: no live actor ${id}\n` })
})

describe('sluice top', () => {
  test('prints the busiest once where stdout is no terminal', async () => {
    const [summary, keys, , titles] = await lines('top', '--sort', 'handled', '--limit', '3')
    expect(summary).toMatch(/^\d+ actors: .* 0 orphans · up /)
    expect(keys).toMatch(/^rate HANDLED mailbox state age · /)
    expect(titles).toMatch(/^ID +BEHAVIOUR +STATE +FOR +MSG\/S +HANDLED +BOX +LABEL$/)
  })

  test.each(['q', 'SIGTERM'] as const)(
    'draws on a terminal until %s, and gives it back',
    async (end) => {
      const pid = join(cwd, 'pid')
      const terminal = onTerminal(
        `echo $$ > ${pid}; exec ${process.execPath} ${main} top --admin ${admin}`,
      )
      let shown = ''
      const drawn = new Promise<void>((resolve) =>
        terminal.stdout.on('data', (chunk: Buffer) => {
          shown += chunk.toString()
          if (shown.includes('LABEL')) resolve()
        }),
      )
      await drawn
      if (end === 'q') terminal.stdin.write('q')
      else process.kill(Number(readFileSync(pid, 'utf8')), end)
      // `script` says of a signal what a shell would.
      expect(await once(terminal, 'close')).toEqual([end === 'q' ? 0 : 143, null])
      expect(shown.startsWith('\u001B[?1049h\u001B[?25l')).toBe(true)
      expect(shown.trimEnd()).toContain('\u001B[?25h\u001B[?1049l')
    },
  )
})

test('sluice dump lets no file steer the terminal that it is printed on', async () => {
  const taken = JSON.parse((await lines('dump', 'now', '--json'))[0]!) as {
    actors: { id: string }[]
  }
  taken.actors[0]!.id = '\u001B]0;evil\u0007'
  writeFileSync(join(cwd, 'evil.json'), JSON.stringify(taken))
  const terminal = onTerminal(`${process.execPath} ${main} dump evil.json`)
  let shown = ''
  terminal.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  expect(await once(terminal, 'close')).toEqual([0, null])
  expect(shown).toContain('actors: total')
  expect(shown).not.toContain('\u001B')
})

describe('dumps', () => {
  test('are taken, listed, printed and compared, by id and as files', async () => {
    const [written] = await lines('dump', '--reason', 'for the test')
    const id = written!.match(/^dump (\S+-alpha-request)$/)![1]!
    const listed = await lines('dump', '--list')
    expect(listed[0]).toMatch(/^DUMP +KB$/)
    expect(listed).toContainEqual(expect.stringMatching(new RegExp(`^${id} +\\d+$`)))
    expect(listed.at(-1)).toBe(`in ${join(cwd, 'dumps')}`)

    const printed = await lines('dump', id, '--node', 'alpha')
    expect(printed[0]).toMatch(/^actors: total 1\d\b/)
    expect(printed).toContain('reason: request "for the test"')
    expect((await lines('dump', 'now', '--node', 'alpha'))[0]).toMatch(/^actors: total 1\d\b/)
    expect(await look('dump', 'now', '--node', 'beta')).toMatchObject({ code: 1 })
    const file = join(cwd, 'dumps', `${id}.json.gz`)
    const [json] = await lines('dump', file, '--json')
    expect(JSON.parse(json!)).toMatchObject({ schema: 'sluice.dump/1', node: { name: 'alpha' } })
    expect(await lines('dump', 'now', '--groups')).toContainEqual(
      expect.stringMatching(/^1 × root \[idle\]/),
    )

    const diff = await lines('diff', file, id)
    expect(diff).toContainEqual(expect.stringMatching(/^steady: /))
    expect(await lines('diff', id)).toContainEqual(expect.stringMatching(/^steady: /))
  })

  test('are taken by every node, and by one that is named', async () => {
    expect(await lines('dump', '--cluster')).toEqual([
      expect.stringMatching(/^alpha: dump \S+-alpha-request$/),
    ])
    expect(await lines('dump', '--node', 'alpha')).toHaveLength(1)
    expect(await look('dump', '--node', 'beta')).toMatchObject({
      code: 1,
      stderr: 'sluice: no node beta; there are alpha\n',
    })
  })

  test('are explained', async () => {
    const told = await lines('explain')
    expect(told).toContainEqual('nothing found')
    expect(told).toContainEqual(expect.stringMatching(/^blocked: 0 of 1\d actors$/))
    expect(told).toContainEqual(expect.stringMatching(/^ +\d × connection \[idle\]/))
  })

  test('are explained of every node', async () => {
    expect(await lines('explain', '--cluster')).toEqual(['── node alpha ──', 'nothing found'])
    expect(await look('explain', 'other.json', '--cluster')).toMatchObject({
      code: 1,
      stderr: 'sluice: a dump is of one node: leave out --cluster\n',
    })
  })

  test('that are none are refused by name', async () => {
    writeFileSync(join(cwd, 'other.json'), '{"schema":"other/1"}')
    expect(await look('diff', 'other.json')).toMatchObject({
      code: 1,
      stderr:
        'sluice: other.json: [dump_unreadable] expected a dump with the schema sluice.dump/1, got other/1\n',
    })
    writeFileSync(join(cwd, 'half.json'), '{"schema":"sluice.dump/1","takenAt":7}')
    expect(await look('diff', 'half.json')).toMatchObject({
      code: 1,
      stderr: 'sluice: half.json: [dump_unreadable] takenAt: expected a text, got 7\n',
    })
    writeFileSync(join(cwd, 'cut.txt'), 'actors: total')
    expect(await look('diff', 'cut.txt')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sluice: cut\.txt: \[dump_unreadable\] /),
    })
    expect(await look('explain', 'nothing-of-this-name')).toMatchObject({
      code: 1,
      stderr: 'sluice: no dump nothing-of-this-name\n',
    })
  })
})

test('without the token, or without a node, says so', async () => {
  const without = await run(['nodes', '--admin', admin], cwd)
  expect(without).toMatchObject({
    code: 1,
    stderr: `sluice: ${admin} asks for a token: set SLUICE_ADMIN_TOKEN\n`,
  })
  const nowhere = await run(['nodes', '--admin', 'http://127.0.0.1:1'], cwd)
  expect(nowhere.code).toBe(1)
  expect(nowhere.stderr).toMatch(/^sluice: http:\/\/127\.0\.0\.1:1: .*Is a node running there\?\n$/)
})
