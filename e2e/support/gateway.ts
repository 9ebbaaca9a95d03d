// A gateway as its users run it: `bin/sluice.js start` in a process of its own, on free ports, found by the one line that
// it prints when it is ready. It never outlives this process, however this process ends.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Dump } from '@sluice/core'
import type { NodeConfig } from '@sluice/node'

export interface GatewayOptions {
  /** A file to start with, or what to write into one; paths in it must be absolute then. Default: insecure, no more. */
  config?: NodeConfig | URL | string
  /** After `start --config … --port 0 --admin-port 0`. */
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
}

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, as are the others. */
  readonly client: string
  readonly admin: string
  /** Where SDKs connect. */
  readonly socket: string
  readonly pid: number
  /** Every line that it wrote, stdout and stderr. */
  readonly logs: readonly string[]
  /** Settles with the exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>
  /** SIGTERM; resolves when it has drained and ended well, else rejects. */
  stop(): Promise<void>
  /** SIGKILL, or another signal that nobody recovers from. */
  kill(signal?: NodeJS.Signals): Promise<void>
  vars(): Promise<Record<string, number | string>>
  /** Every actor, in one cut. */
  actors(): Promise<Dump>
  /** The result of a call of the server API. Rejects with `code` for an error. */
  api<Result = Record<string, unknown>>(method: string, body?: object): Promise<Result>
}

/** The key of the server API that every gateway here takes, unless its config has another. */
export const apiKey = 'the-key-of-the-tests'

const cli = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
const startMs = 30_000
/** Also how long `stop` waits: the drain's own deadline is 30 s. */
const stopMs = 35_000

/** Starts one; resolves when it takes connections. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { config = { insecure: true }, args = [], env = {} } = options
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'))
  const file = await configFile(config, folder)
  const child = spawn(
    process.execPath,
    [cli, 'start', '--config', file, '--port', '0', '--admin-port', '0', ...args],
    {
      env: {
        ...process.env,
        SLUICE_API_KEY: keyOf(config),
        SLUICE_DUMPS_DIR: join(folder, 'dumps'),
        ...env,
        SLUICE_LEASH: 'fd:3',
      },
      // The last is the leash: when its other end goes, with this process, so does the gateway.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  )
  const logs: string[] = []
  const ready = Promise.withResolvers<RegExpExecArray>()
  onLines(child, (line) => {
    logs.push(line)
    const found = readyLine.exec(line)
    if (found) ready.resolve(found)
  })
  const exit = exitOf(child).finally(() => rm(folder, { recursive: true, force: true }))
  exit.then((code) => ready.reject(new Error(`the gateway ended (${code})`)), ready.reject)
  const late = setTimeout(() => ready.reject(new Error('the gateway does not get ready')), startMs)
  try {
    const [, client = '', admin = ''] = await ready.promise
    return gatewayOf(child, { client, admin, key: keyOf(config), logs, exit })
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${(error as Error).message}\n${logs.join('\n')}`, { cause: error })
  } finally {
    clearTimeout(late)
  }
}

const readyLine = /^sluice ready {2}client (\S+) {2}admin (\S+)/

interface Started extends Pick<Gateway, 'client' | 'admin' | 'logs' | 'exit'> {
  key: string
}

function gatewayOf(child: ChildProcess, { client, admin, key, logs, exit }: Started): Gateway {
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
    const code = await exit
    clearTimeout(timer)
    if (code !== 0) throw new Error(`the gateway ended with ${code}\n${logs.join('\n')}`)
  }
  return {
    client,
    admin,
    socket: `${client.replace(/^http/, 'ws')}/connection/websocket`,
    pid: child.pid ?? 0,
    logs,
    exit,
    stop,
    async kill(signal = 'SIGKILL') {
      child.kill(signal)
      await exit
    },
    vars: () => getJson(`${admin}/debug/vars`),
    actors: () => getJson(`${admin}/debug/actors?debug=2&format=json`),
    async api<Result>(method: string, body: object = {}) {
      const response = await fetch(`${client}/api/${method}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-API-Key': key },
        body: JSON.stringify(body),
      })
      const answer = (await response.json()) as {
        result?: Result
        error?: { code: number; message: string }
      }
      const { result, error } = answer
      if (error || result === undefined) {
        throw Object.assign(new Error(`${method}: ${JSON.stringify(answer)}`), {
          code: error?.code,
          status: response.status,
        })
      }
      return result
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await stop()
    },
  }
}

/** The path of the configuration, written to a folder of its own if it is none yet. */
async function configFile(config: NodeConfig | URL | string, folder: string): Promise<string> {
  if (config instanceof URL) return fileURLToPath(config)
  if (typeof config === 'string') return config
  const file = join(folder, 'sluice.config.json')
  await writeFile(file, JSON.stringify(config))
  return file
}

function keyOf(config: NodeConfig | URL | string): string {
  return typeof config === 'object' && 'apiKey' in config ? (config.apiKey ?? apiKey) : apiKey
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // Not `exit`: what it said last may still be on its way.
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
}

function onLines(child: ChildProcess, heard: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) heard(line)
    })
  }
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
