// A node's configuration, from where it is written to NodeOptions: the file, then the environment over it, then the
// command line over both. The merge is pure; only loadConfig touches files.

import { createSecureContext } from 'node:tls'
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isPem, readPublicKey } from './auth/keys.ts'
import { findConfigFile, readConfigFile } from './config-file.ts'
import { ConfigError, formatPath, type Problem } from './config-error.ts'
import { numeric, readEnvironment, type Environment } from './environment.ts'
import { resolveOptions, type NodeOptions, type Resolved } from './options.ts'
import type { NodeConfig } from './option-schema.ts'

/** What the command line may set. */
export interface ConfigFlags {
  config?: string
  name?: string
  host?: string
  port?: number | string
  adminPort?: number | string
  redis?: string
}

/** Where a configuration is read from. */
export interface ConfigSources {
  cwd: string
  environment: Environment
  flags?: ConfigFlags
}

/** A configuration that a node can start with. */
export interface LoadedConfig {
  options: NodeOptions
  warnings: Problem[]
  /** The file it came from, as an absolute path. */
  file: string | undefined
}

/** Values that win over the file, and the name under which the operator knows each. */
export type Overrides = ReadonlyMap<string, { source: string; value: unknown }>

/** Finds, reads, merges and checks. Throws a ConfigError that names every problem by where it was written. */
export async function loadConfig({
  cwd,
  environment,
  flags,
}: ConfigSources): Promise<LoadedConfig> {
  const variables = readEnvironment(environment)
  const { config: namedByFlag, ...values } = flags ?? {}
  const file = findConfigFile(cwd, namedByFlag ?? variables.config)
  const written = file === undefined ? {} : await readConfigFile(file)
  const overrides = new Map([...variables.values, ...flagOverrides(values)])
  const base = file === undefined ? cwd : dirname(file)
  const { options, warnings } = check(mergeConfig(written, overrides), overrides, { base, file })
  return { options, warnings: [...variables.warnings, ...warnings], file }
}

/** The file's configuration with the overrides put over it. What is not a group of keys is left for the schema. */
export function mergeConfig(written: unknown, overrides: Overrides): NodeConfig {
  if (!isGroup(written)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema is about to refuse it
    return written as NodeConfig
  }
  const merged: Record<string, unknown> = { ...written }
  for (const [key, { value }] of overrides) {
    const [first = '', second] = key.split('.')
    // What stands there and is no group of keys is for the schema to refuse.
    const group = merged[first] ?? {}
    if (second === undefined) merged[first] = value
    else if (isGroup(group)) merged[first] = { ...group, [second]: value }
  }
  return merged
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function check(
  given: NodeConfig,
  overrides: Overrides,
  { base, file }: { base: string; file: string | undefined },
): Resolved {
  // A value from the environment or the command line is known by the name it was set under.
  const label = ({ key, message }: Problem): Problem => ({
    key: overrides.get(key)?.source ?? key,
    message,
  })
  try {
    const { options, warnings } = resolveOptions(given, { base })
    const missing = findMissingFiles(options)
    if (missing.length > 0) throw new ConfigError(missing)
    return { options, warnings: warnings.map(label) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.problems.map(label), file)
  }
}

function flagOverrides(values: Omit<ConfigFlags, 'config'>): Overrides {
  const overrides = new Map<string, { source: string; value: unknown }>()
  for (const [key, value] of Object.entries(values)) {
    const source = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const isPort = key === 'port' || key === 'adminPort'
    if (value !== undefined) {
      overrides.set(key, { source, value: isPort ? numeric(String(value)) : value })
    }
  }
  return overrides
}

/** Files that options point to and that cannot be used: said before the node starts, not when a room first needs one. */
export function findMissingFiles(options: NodeOptions): Problem[] {
  const { rooms, rpc, site, tls, tokens } = options
  const modules: [string, string | undefined][] = [
    ['rooms.default.behavior', rooms.default.behavior],
    ...tableEntries(['rooms', 'behaviors'], rooms.behaviors),
    ...tableEntries(['rpc'], rpc),
  ]
  for (const [name, { behavior }] of rooms.namespaces) {
    // What a namespace took over from the default is reported once, there.
    if (behavior === rooms.default.behavior) continue
    modules.push([formatPath(['rooms', 'namespaces', name, 'behavior']), behavior])
  }
  const problems: Problem[] = modules.flatMap(([key, path]) =>
    path === undefined || isFile(path) ? [] : [{ key, message: `no such file: ${path}` }],
  )
  for (const [index, key] of tokens.publicKeys.entries()) {
    const reason = failureOf(() => readPublicKey(key))
    const where = isPem(key) ? '' : ` (${key})`
    if (reason) problems.push({ key: `tokens.publicKeys[${index}]`, message: `${reason}${where}` })
  }
  if (site !== undefined && !isFolder(site)) {
    problems.push({ key: 'site', message: `no such folder: ${site}` })
  }
  if (tls) {
    const { cert, key } = tls
    const reason = failureOf(() =>
      createSecureContext({ cert: readFileSync(cert), key: readFileSync(key) }),
    )
    if (reason) problems.push({ key: 'tls', message: reason })
  }
  return problems
}

function tableEntries(path: string[], table: ReadonlyMap<string, string>): [string, string][] {
  return [...table].map(([name, value]) => [formatPath([...path, name]), value])
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function failureOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
