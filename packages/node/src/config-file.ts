// The configuration file: which one, and what it says. TypeScript and JavaScript are imported as they are, JSON is
// parsed; whatever goes wrong is a ConfigError that names the file and never quotes it.

import { existsSync, readFileSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from './config-error.ts'
import { parseJson } from './json-text.ts'

/** The names looked for in the working directory. */
export const configFileNames = [
  'sluice.config.ts',
  'sluice.config.js',
  'sluice.config.json',
] as const

/** The file to use, as an absolute path: the named one, else the one in `cwd`, else none. */
export function findConfigFile(cwd: string, named: string | undefined): string | undefined {
  if (named !== undefined) {
    const path = resolve(cwd, named)
    if (!existsSync(path)) fail(path, 'no such file')
    return path
  }
  const [found, second] = configFileNames.filter((name) => existsSync(join(cwd, name)))
  // Any order of preference would leave somebody editing the file that is not read.
  if (second) fail(cwd, `has both ${found} and ${second}; name one with --config`)
  return found && join(cwd, found)
}

/** What the file says, unchecked. */
export async function readConfigFile(path: string): Promise<unknown> {
  return extname(path) === '.json' ? readJson(path) : await importDefault(path)
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return fail(path, `cannot be read: ${reasonOf(error)}`)
  }
  const parsed = parseJson(text)
  if (parsed.ok) return parsed.value
  return fail(`${path}:${parsed.line}:${parsed.column}`, `expected ${parsed.expected}`)
}

async function importDefault(path: string): Promise<unknown> {
  let module: unknown
  try {
    module = await import(pathToFileURL(path).href)
  } catch (error) {
    return fail(path, `cannot be loaded: ${reasonOf(error)}`)
  }
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default
  return fail(path, `has no default export; write "export default { … }" in ${basename(path)}`)
}

/** An error's first line: the lines below may show the source. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim()
}

function fail(key: string, message: string): never {
  throw new ConfigError([{ key, message }])
}
