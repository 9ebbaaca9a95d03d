import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem, ManualClock } from '@sluice/core'
import { afterAll, describe, expect, test } from 'vitest'
import { loadModules } from '../../src/extend/modules.ts'
import { resolveOptions } from '../../src/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-modules-'))
afterAll(() => rmSync(folder, { recursive: true }))

const system = createSystem({ clock: new ManualClock() })
let files = 0

function write(text: string): string {
  const path = join(folder, `module-${++files}.mjs`)
  writeFileSync(path, text)
  return path
}

const load = (config: Parameters<typeof resolveOptions>[0]) =>
  loadModules(resolveOptions({ insecure: true, ...config }).options, system)

const good = 'name: "good", start: () => 0, receive: () => undefined'

describe('the modules that a configuration names', () => {
  test('are loaded from every place that names one, once', async () => {
    const [a, b, c, d] = [1, 2, 3, 4].map(() => write(`export default { ${good} }`)) as [
      string,
      string,
      string,
      string,
    ]
    const modules = await load({
      rooms: {
        default: { behavior: a },
        namespaces: { b: { behavior: b } },
        behaviors: { 'c:*': c },
      },
      rpc: { d, again: d },
    })
    for (const path of [a, b, c, d]) expect(modules.get(path).name).toBe('good')
    expect(() => modules.get('/elsewhere')).toThrow('was not loaded')
  })

  test('get limits for what comes from outside, unless they say otherwise', async () => {
    const path = write(`export default { ${good} }`)
    const own = write(`export default { ${good}, restart: 'temporary', maxDescendants: 5 }`)
    const modules = await load({ rpc: { path, own } })
    expect(modules.get(path)).toMatchObject({
      restart: 'transient',
      maxDescendants: 10_000,
      receiveTimeoutMs: 30_000,
    })
    expect(modules.get(own)).toMatchObject({ restart: 'temporary', maxDescendants: 5 })
  })

  test.each([
    ['that is not there', undefined, /module-0\.mjs/],
    ['that does not parse', 'export default {', /./],
    ['that throws', 'throw new Error("on its way")', /on its way/],
    ['that throws what is no error', 'throw 7', /7/],
    ['without a default export', 'export const a = 1', /no behaviour/],
    ['that exports a function', 'export default () => {}', /no behaviour/],
    ['without a name', 'export default { start() {}, receive() {} }', /name must be a text/],
    ['without receive', 'export default { name: "x", start() {} }', /receive must be a function/],
    [
      'whose hooks are a class’s',
      'export default new (class { name = "x"; start() {} receive() {} })()',
      /start must be a function of its own/,
    ],
    ['with wrong types', `export default { ${good}, accepts: ['a', 1] }`, /accepts/],
    ['with a wrong restart', `export default { ${good}, restart: 'always' }`, /restart must be/],
    ['with a wrong mailbox', `export default { ${good}, mailbox: { capacity: -1 } }`, /mailbox/],
    ['with a wrong tab', `export default { ${good}, tab: { title: 'A', sort: 1 } }`, /tab\.sort:/],
    [
      'with a wrong inspect',
      `export default { ${good}, inspect: {} }`,
      /inspect must be a function/,
    ],
    [
      'with a wrong supervision',
      `export default { ${good}, supervise: { strategy: 'none' } }`,
      /supervise\.strategy/,
    ],
  ])('%s are told by their path, and why', async (_what, text, why) => {
    const path = text === undefined ? join(folder, 'module-0.mjs') : write(text)
    const failure = await load({ rpc: { x: path } }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'option_invalid' })
    expect((failure as Error).message).toContain(path)
    expect((failure as Error).message).toMatch(why)
  })
})
