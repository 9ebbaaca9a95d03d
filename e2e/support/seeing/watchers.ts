// Prometheus and its Alertmanager, as Debian has them, on free ports of this machine: they watch one node, and tell it when a rule
// fires. Both are gone with the test.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, killProgram, until } from '@sluice/test-support'

export interface WatchersOptions {
  /** `127.0.0.1:8001` */
  readonly admin: string
  /** A file of rules for Prometheus, in YAML. */
  readonly rules: string
}

export interface Watchers extends AsyncDisposable {
  /** Of Prometheus and of Alertmanager: `http://127.0.0.1:…` */
  readonly prometheus: string
  readonly alertmanager: string
}

/** Starts both; resolves when they are ready. */
export async function startWatchers({ admin, rules }: WatchersOptions): Promise<Watchers> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-watchers-'))
  const [port, alertPort] = [await freePort(), await freePort()]
  const watchers = {
    prometheus: `http://127.0.0.1:${port}`,
    alertmanager: `http://127.0.0.1:${alertPort}`,
  }
  await writeFile(join(folder, 'rules.yml'), rules)
  await writeFile(join(folder, 'prometheus.yml'), prometheusConfig(admin, alertPort))
  await writeFile(join(folder, 'alertmanager.yml'), alertmanagerConfig(admin))
  const children: ChildProcess[] = []
  const end = async (): Promise<void> => {
    await Promise.all(children.map(killProgram))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    children.push(
      run('prometheus-alertmanager', folder, [
        '--config.file=alertmanager.yml',
        `--web.listen-address=127.0.0.1:${alertPort}`,
        '--cluster.listen-address=',
        '--storage.path=alerts',
      ]),
      run('prometheus', folder, [
        '--config.file=prometheus.yml',
        `--web.listen-address=127.0.0.1:${port}`,
        '--storage.tsdb.path=series',
      ]),
    )
    for (const url of [watchers.alertmanager, watchers.prometheus]) {
      // oxlint-disable-next-line no-await-in-loop -- both are starting already
      await until(() => isReady(url), { what: `${url} is ready`, deadlineMs: 30_000 })
    }
    return { ...watchers, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

function prometheusConfig(admin: string, alertPort: number): string {
  return `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertPort}'] }] }] }
scrape_configs:
  - job_name: sluice
    static_configs: [{ targets: ['${admin}'] }]
`
}

function alertmanagerConfig(admin: string): string {
  return `
route: { receiver: dumps, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: dumps
    webhook_configs: [{ url: 'http://${admin}/hooks/alert', send_resolved: true }]
`
}

function run(program: string, cwd: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { cwd, stdio: 'ignore' })
  child.on('error', () => {})
  return child
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok
  } catch {
    return false
  }
}
