// What deploy/ gives to Prometheus, Alertmanager and Grafana, held against the metrics that there are, by Prometheus' own
// tools.

import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { printDashboard } from '../../../scripts/dashboard.ts'
import { durationFamilies } from '../src/metrics/durations.ts'
import { families } from '../src/metrics/families.ts'
import { callApi, startTestNode, TestClient } from './http/harness.ts'

// A process takes its time to start where many tests share few cores; the limit is for what hangs.
vi.setConfig({ testTimeout: 60_000 })

const deployed = (file: string): string =>
  fileURLToPath(new URL(`../../../deploy/${file}`, import.meta.url))
const read = (file: string): string => readFileSync(deployed(file), 'utf8')

/** Runs one of Prometheus' tools; fails with a word on what to install where it is missing. */
function run(
  program: 'promtool' | 'amtool',
  args: readonly string[],
  input = '',
): Promise<{ code: number; output: string }> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  const file = folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
  if (file === undefined) {
    const name = program === 'promtool' ? 'prometheus' : 'prometheus-alertmanager'
    throw new Error(`this test needs ${program} in PATH (Debian: apt-get install ${name})`)
  }
  return new Promise((resolve) => {
    const child = execFile(file, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
    child.stdin?.end(input)
  })
}

/** Every series that a node may have: its name, and the labels it has or gets from the scrape. */
const known = new Map<string, ReadonlySet<string>>([
  ['up', new Set(['instance', 'job'])],
  ...families.map(({ name, labels }) => [name, new Set([...labels, 'instance', 'job'])] as const),
  ...durationFamilies.flatMap(({ name, labels }) =>
    ['bucket', 'sum', 'count'].map(
      (part) => [`${name}_${part}`, new Set([...labels, 'le', 'instance', 'job'])] as const,
    ),
  ),
])

/** The series in an expression of PromQL, with the labels that each is asked for. */
function asked(expression: string): { name: string; labels: string[] }[] {
  const found = expression.matchAll(
    /(?<![\w:])((?:sluice|nodejs|process)_\w+|instance:[\w:]+|up)(?![\w:(])(?:\{([^}]*)\})?/g,
  )
  return [...found].map(([, name = '', labels = '']) => ({
    name,
    labels: [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }))
}

/** What is not known of it, in words. */
function unknown(expression: string, recorded: ReadonlySet<string>): string[] {
  return asked(expression).flatMap(({ name, labels }) => {
    if (recorded.has(name)) return []
    const has = known.get(name)
    if (has === undefined) return [`${name} is no metric`]
    return labels.filter((label) => !has.has(label)).map((label) => `${name} has no ${label}`)
  })
}

const rules = read('prometheus/rules.yml')
/** The expressions of rules.yml, each on one line or folded. */
const ruleExpressions = [...rules.matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*))/gm)].map(
  ([, folded, plain]) => folded ?? plain ?? '',
)
const recorded = new Set([...rules.matchAll(/- record: (\S+)/g)].map(([, name = '']) => name))
const dashboard = JSON.parse(read('grafana/sluice.json')) as {
  panels: { title: string; targets?: { expr: string }[] }[]
}
const dashboardExpressions = dashboard.panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr),
)

describe('the alert rules', () => {
  test('fire on what they are for, and on nothing else', async () => {
    const tested = await run('promtool', ['test', 'rules', deployed('prometheus/rules.test.yml')])
    expect(tested).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
  })

  test('are tested, each for firing and for silence', () => {
    const tests = read('prometheus/rules.test.yml')
    const names = [...rules.matchAll(/- alert: (\S+)/g)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) {
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:\\n`))
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts: \\[\\]`))
    }
  })

  test('ask for metrics and labels that there are', () => {
    expect(ruleExpressions.length).toBe([...rules.matchAll(/ expr:/g)].length)
    expect(ruleExpressions.flatMap((expression) => asked(expression)).length).toBeGreaterThan(25)
    expect(ruleExpressions.flatMap((expression) => unknown(expression, recorded))).toEqual([])
  })

  test('are each told in docs/alerts.md', () => {
    const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8')
    const told = [...page.matchAll(/^\| `(Sluice\w+)`/gm)].map(([, name]) => name)
    const alerts = [...rules.matchAll(/- alert: (\S+)/g)].map(([, name]) => name)
    expect(told).toEqual(alerts)
  })
})

describe('the dashboard', () => {
  test('is what scripts/dashboard.ts prints', () => {
    expect(dashboard).toEqual(JSON.parse(printDashboard()))
  })

  test('asks for metrics and labels that there are', () => {
    expect(dashboardExpressions.length).toBeGreaterThan(40)
    expect(dashboardExpressions.flatMap((expression) => unknown(expression, recorded))).toEqual([])
  })

  test('asks in words that Prometheus understands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-dashboard-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'rules.yml')
    const named = dashboardExpressions.map((expr, at) => ({
      record: `dashboard:panel${at}`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    }))
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: named }] }))
    expect(await run('promtool', ['check', 'rules', file])).toEqual({
      code: 0,
      output: expect.stringContaining(`${named.length} rules found`),
    })
  })
})

describe('the configurations', () => {
  test('are ones that Prometheus takes', async () => {
    const args = ['check', 'config', '--syntax-only', deployed('prometheus/prometheus.yml')]
    expect(await run('promtool', args)).toMatchObject({ code: 0 })
  })

  test('are ones that Alertmanager takes', async () => {
    const args = ['check-config', deployed('prometheus/alertmanager.yml')]
    expect(await run('amtool', args)).toMatchObject({ code: 0 })
  })
})

test('a scrape is text that Prometheus reads', async () => {
  const node = await startTestNode({
    insecure: true,
    name: 'a-"quoted"\\name',
  })
  const client = await TestClient.connect(node, 'ann')
  await client.command('subscribe', { channel: 'room' })
  await callApi(node, 'publish', { channel: 'room', data: 1 })
  const text = await (await fetch(`${node.urls.admin}/metrics`)).text()
  const { code, output } = await run('promtool', ['check', 'metrics'], text)
  // 3 is what it says when names are not as it likes them: those that are ported are Centrifugo's.
  expect([0, 3]).toContain(code)
  expect(output).not.toContain('error while linting')
})
