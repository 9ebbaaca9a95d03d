// The environment: which SLUICE_* variables there are, what key each sets, and what the others probably meant.

import type { Problem } from './config-error.ts'
import { suggest } from './suggest.ts'

/** The process's variables, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Variable → the key of the configuration it sets. SLUICE_CONFIG is not among them: it names the file. */
export const variables: Readonly<Record<string, string>> = {
  SLUICE_NODE_NAME: 'name',
  SLUICE_HOST: 'host',
  SLUICE_PORT: 'port',
  SLUICE_ADMIN_HOST: 'adminHost',
  SLUICE_ADMIN_PORT: 'adminPort',
  SLUICE_ADMIN_TOKEN: 'adminToken',
  SLUICE_API_KEY: 'apiKey',
  SLUICE_TOKEN_SECRET: 'tokenSecret',
  SLUICE_REDIS_URL: 'redis',
  SLUICE_DUMPS_DIR: 'dumps.dir',
}

/** What the environment sets, by key, and where each came from. An empty variable counts as absent. */
export interface EnvironmentReading {
  config: string | undefined
  values: Map<string, { source: string; value: unknown }>
  warnings: Problem[]
}

/** Reads the variables. A name that is not known is a warning: others share the environment. */
export function readEnvironment(environment: Environment): EnvironmentReading {
  const values: EnvironmentReading['values'] = new Map()
  const warnings: Problem[] = []
  const links: string[] = []
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('SLUICE_') || !text || name === 'SLUICE_CONFIG') continue
    const key = variables[name]
    if (isServiceLink(name, text)) links.push(name)
    else if (key === undefined) warnings.push({ key: name, message: unknown(name) })
    else
      values.set(key, {
        source: name,
        value: key.toLowerCase().endsWith('port') ? numeric(text) : text,
      })
  }
  if (links.length > 0) {
    const message = `ignored: set by Kubernetes for a service (enableServiceLinks: false in the pod stops it)`
    warnings.push({ key: links.toSorted().join(', '), message })
  }
  return { config: environment['SLUICE_CONFIG'] || undefined, values, warnings }
}

/** A number where the text is one; else the text, for the schema to refuse by name. */
export function numeric(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}

/**
 * Kubernetes tells every pod of every service in its namespace. For one called `sluice` that makes
 * SLUICE_PORT=tcp://10.0.0.1:8000, which is no port and nobody's mistake.
 */
function isServiceLink(name: string, text: string): boolean {
  if (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text)) return true
  return /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)
}

function unknown(name: string): string {
  const meant = suggest(name, [...Object.keys(variables), 'SLUICE_CONFIG'])
  return meant ? `unknown variable, did you mean ${meant}?` : 'unknown variable'
}
