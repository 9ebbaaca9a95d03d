// `sluice token`: a token to try things with, signed with the configuration's `tokenSecret`.

import { Command, InvalidArgumentError, Option } from 'commander'
import type { TokenRequest } from '../auth/tokens.ts'
import { ConfigError } from '../config-error.ts'
import { parseDuration } from '../duration.ts'
import { parseJson } from '../json-text.ts'
import { addConfigFlag, loadFrom } from './flags.ts'

interface TokenFlags {
  config?: string
  user?: string
  channel?: string
  channels?: string[]
  ttl: number
  info?: { value: unknown }
}

export function addToken(program: Command): void {
  const command = program
    .command('token')
    .description('print a token for a connection, or with --channel for a subscription')
    .option('-u, --user <id>', 'user the token is for (default: an anonymous one)')
    .option('--channel <room>', 'make a subscription token for this room')
    .addOption(
      new Option('--channels <rooms>', 'rooms to subscribe to at once, separated by commas')
        .argParser(parseList)
        .conflicts('channel'),
    )
    .addOption(
      new Option(
        '-t, --ttl <time>',
        'how long it is good: "30s", "1h", "7d", or a number of seconds',
      )
        .argParser(parseTtl)
        .default(3_600_000, '1h'),
    )
    .addOption(new Option('--info <json>', 'what others see beside the user').argParser(parseInfo))
  addConfigFlag(command).action(token)
}

async function token({ config, ttl, info, ...flags }: TokenFlags): Promise<void> {
  const { options, file } = await loadFrom(config === undefined ? {} : { config })
  const { secrets, algorithms, audience, issuer } = options.tokens
  const [secret] = secrets
  if (secret === undefined) {
    const message = 'is needed to sign a token; set it in the file or as SLUICE_TOKEN_SECRET'
    throw new ConfigError([{ key: 'tokenSecret', message }], file)
  }
  if (!algorithms.includes('HS256')) {
    throw new ConfigError([{ key: 'tokens.algorithms', message: 'leaves out HS256' }], file)
  }
  const request: TokenRequest = {
    ...flags,
    ttlSeconds: Math.ceil(ttl / 1_000),
    ...(info && { info: info.value }),
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
  }
  const { createToken } = await import('../auth/tokens.ts')
  console.log(await createToken(secret, request, Math.floor(Date.now() / 1_000)))
}

function parseTtl(text: string): number {
  // Whoever makes tokens by hand thinks in the seconds of `exp`.
  const ms = parseDuration(/^\d+$/.test(text) ? `${text}s` : text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Expected a time such as "1h".')
  return ms
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function parseInfo(text: string): { value: unknown } {
  const parsed = parseJson(text)
  if (parsed.ok) return { value: parsed.value }
  throw new InvalidArgumentError(`Expected ${parsed.expected} at character ${parsed.column}.`)
}
