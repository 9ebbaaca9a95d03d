// A running node, as the commands that look at it see it: its admin port.

import type { Command } from 'commander'
import type { ConfigFlags } from '../config.ts'
import { addConfigFlag, loadFrom } from './flags.ts'

/** Which node to ask, and what of it. */
export interface AdminFlags {
  admin?: string
  config?: string
  adminPort?: string
}

/** Adds the flags that say where the node is. */
export function addAdminFlags(command: Command): Command {
  return addConfigFlag(
    command
      .option('--admin <url>', 'admin port of a node (default: as the configuration says)')
      .option('--admin-port <number>', 'admin port of a node on this machine'),
  )
}

/** What a node refused, or why there is no answer: told in one line. */
export class AdminError extends Error {
  override readonly name = 'AdminError'
}

export class AdminClient {
  readonly url: string
  readonly #token: string | undefined

  constructor(url: string, token: string | undefined) {
    this.url = url.replace(/\/+$/, '')
    this.#token = token
  }

  /** The answer's JSON. Throws an AdminError. */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#json(await this.#fetch('GET', path, query))) as T
  }

  async post<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#json(await this.#fetch('POST', path, query))) as T
  }

  async text(path: string, query: Query = {}): Promise<string> {
    return await (await this.#fetch('GET', path, query)).text()
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return await response.json()
    } catch {
      throw new AdminError(
        `${this.url} answered with something that is no JSON: is it an admin port?`,
      )
    }
  }

  async #fetch(method: 'GET' | 'POST', path: string, query: Query): Promise<Response> {
    const url = new URL(this.url + path)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== false) url.searchParams.set(name, String(value))
    }
    const headers = this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }
    let response: Response
    try {
      response = await fetch(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) })
    } catch (error) {
      throw new AdminError(`${this.url}: ${reasonOf(error)}. Is a node running there?`, {
        cause: error,
      })
    }
    if (response.ok) return response
    const said = await response.text()
    if (response.status === 401) {
      const what = this.#token === undefined ? 'asks for a token' : 'does not accept this token'
      throw new AdminError(`${this.url} ${what}: set SLUICE_ADMIN_TOKEN`)
    }
    throw new AdminError(messageOf(said) ?? `${this.url} answered ${response.status}`)
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** A dump of a million actors takes its time. */
const timeoutMs = 60_000

/** The node that the flags mean; the token comes from the configuration or the environment, never from the command line. */
export async function adminFor(flags: AdminFlags): Promise<AdminClient> {
  if (flags.admin !== undefined) {
    const url = URL.parse(flags.admin.includes('://') ? flags.admin : `http://${flags.admin}`)
    if (url === null) throw new AdminError(`--admin: expected a URL, got ${flags.admin}`)
    return new AdminClient(url.href, process.env['SLUICE_ADMIN_TOKEN'])
  }
  const given: ConfigFlags = {
    ...(flags.config !== undefined && { config: flags.config }),
    ...(flags.adminPort !== undefined && { adminPort: flags.adminPort }),
  }
  const { options } = await loadFrom(given)
  const { adminHost, adminPort, adminToken, tls } = options
  const host = /^(0\.0\.0\.0|::)$/.test(adminHost) ? 'localhost' : adminHost
  const name = host.includes(':') ? `[${host}]` : host
  return new AdminClient(`http${tls === undefined ? '' : 's'}://${name}:${adminPort}`, adminToken)
}

function messageOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : undefined
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { cause } = error
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  return cause instanceof Error ? cause.message : error.message
}
