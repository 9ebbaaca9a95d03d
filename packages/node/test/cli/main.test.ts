import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

describe('help', () => {
  test.each([
    [['--help']],
    [['-h']],
    [['help']],
    [['start', '--help']],
    [['check', '-h']],
    [['help', 'token']],
  ])('of %j is printed on stdout, within 80 columns', async (args) => {
    const { code, stdout, stderr } = await run(args, tmpdir())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: sluice/)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('lists every command', async () => {
    const { stdout } = await run(['--help'], tmpdir())
    for (const command of ['start', 'check', 'token'])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  })
})

describe('the version', () => {
  test('is printed', async () => {
    expect(await run(['--version'], tmpdir())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Sluice \d+\.\d+\.\d+\n$/),
    })
  })
})

describe('bad usage', () => {
  test.each([
    [[], /^Usage: sluice/],
    [['strat'], /unknown command 'strat'[^]*Did you mean start\?/],
    [['start', '--prot', '5'], /unknown option '--prot'[^]*Did you mean --port\?/],
    [['start', 'here'], /too many arguments/],
    [['start', '--port'], /argument missing/],
    [['token', '--ttl', 'soon'], /'soon' is invalid/],
    [['token', '--info', '{'], /'{' is invalid. Expected a key in double quotes at character 2/],
    [['token', '--channel', 'a', '--channels', 'b'], /cannot be used with/],
  ])('%j ends with 2 and says so on stderr', async (args, said) => {
    const { code, stdout, stderr } = await run(args, tmpdir())
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(said)
  })
})
