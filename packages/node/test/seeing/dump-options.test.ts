import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config-error.ts'
import { resolveOptions } from '../../src/options.ts'
import { dumpsDefaults } from '../../src/seeing/dump-options.ts'
import { figures } from '../../src/seeing/slo.ts'

/** What is wrong with this section, or `accepted`. */
function refusal(dumps: unknown): string {
  try {
    resolveOptions({ dumps: dumps as never })
    return 'accepted'
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace('[option_invalid] ', '')
    throw error
  }
}

const rule = { name: 'crowd', figure: 'actors', above: 5_000 }

describe('the options of dumps', () => {
  test('are the defaults with what is given over them', () => {
    expect(resolveOptions({}).options.dumps).toEqual(dumpsDefaults)
    const { options } = resolveOptions(
      { dumps: { dir: 'dumps', keep: 7, signal: false, stallMs: '1s' } },
      { base: '/etc/sluice' },
    )
    expect(options.dumps).toEqual({
      ...dumpsDefaults,
      dir: '/etc/sluice/dumps',
      keep: 7,
      signal: false,
      stallMs: 1_000,
    })
  })

  test('take rules in the place of the one that is there', () => {
    const slope = {
      ...rule,
      figure: 'actors',
      forMs: '2m',
      growsBy: 150,
      growsInMs: '30s',
    } as const
    expect(resolveOptions({ dumps: { rules: [slope] } }).options.dumps.rules).toEqual([
      { ...slope, forMs: 120_000, growsInMs: 30_000 },
    ])
    expect(resolveOptions({ dumps: { rules: [] } }).options.dumps.rules).toEqual([])
  })

  test.each([
    [
      { signal: 'SIGTERM' },
      'dumps.signal: expected one of SIGUSR2, SIGHUP, SIGQUIT, SIGPWR, got "SIGTERM"',
    ],
    [
      { stallMs: 1 },
      'dumps.stallMs: expected a time from 50ms to 10m, as milliseconds or like "500ms", "25s", "5m", got 1',
    ],
    [{ watchDog: true }, 'dumps.watchDog: unknown key, did you mean watchdog?'],
    [{ rules: { crowd: {} } }, 'dumps.rules: expected a list of rules, got a group of keys'],
    [
      { rules: [{ name: 'a', figure: 'actors' }] },
      'dumps.rules[0].above: expected a number from 0 to 1000000000000000, got nothing',
    ],
    [
      { rules: [{ ...rule, figure: 'actor' }] },
      `dumps.rules[0].figure: expected one of ${figures.join(', ')}, got "actor"`,
    ],
    [
      { rules: [{ ...rule, growsInms: 1 }] },
      'dumps.rules[0].growsInms: unknown key, did you mean growsInMs?',
    ],
    [{ rules: [{ ...rule, growsBy: 150 }] }, 'dumps.rules[0].growsInMs: growsBy needs it'],
    [{ rules: [{ ...rule, growsInMs: '30s' }] }, 'dumps.rules[0].growsBy: growsInMs needs it'],
    [{ rules: [rule, { ...rule, above: 1 }] }, 'dumps.rules[1].name: another rule is called crowd'],
  ])('refuse %j', (given, told) => {
    expect(refusal(given)).toBe(told)
  })
})
