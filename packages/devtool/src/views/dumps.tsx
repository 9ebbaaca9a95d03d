// The archive: what lies there, one of them opened, two of them compared. A dump may also be dropped on the page, and then
// needs no node at all.

import { type Dump, diffDumps, printDiff } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ArchivedDump, DumpList, Reached } from '../data/answers.ts'
import { openDump, readDumpFile } from '../data/dump-file.ts'
import { only } from '../data/dump.ts'
import { printBytes } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, node } from '../data/state.ts'
import { DumpReport } from '../parts/dump-report.tsx'
import { Asked, Notice } from '../parts/notice.tsx'

interface Opened {
  readonly name: string
  readonly dump: Dump
}

export function DumpsView(): JSX.Element {
  const [opened, setOpened] = useState<readonly Opened[]>([])
  const [problem, setProblem] = useState('')
  const add = async (name: string, read: () => Promise<Dump>): Promise<void> => {
    try {
      const dump = await read()
      setProblem('')
      // Two can be compared; a third takes the place of the older one.
      setOpened((before) =>
        [...before.filter((one) => one.name !== name), { name, dump }].slice(-2),
      )
    } catch (error) {
      setProblem(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const drop = (files: FileList | null | undefined): void => {
    for (const file of files ?? []) void add(file.name, () => readDumpFile(file))
  }
  return (
    <div
      class="drop grow"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        drop(event.dataTransfer?.files)
      }}
    >
      <div class="row">
        <h1>Dumps</h1>
        <label class="row">
          <span class="quiet">or a file, dropped here or chosen:</span>
          <input
            type="file"
            multiple
            accept=".json,.gz,.txt"
            onChange={({ currentTarget }) => drop(currentTarget.files)}
          />
        </label>
      </div>
      {problem !== '' && <Notice kind="bad">{problem}</Notice>}
      <Archive opened={opened} open={(id) => void add(id, () => openDump(api, node.value, id))} />
      {opened.length === 2 && <Comparison opened={opened} />}
      {opened.toReversed().map(({ name, dump }) => (
        <DumpReport
          key={name}
          name={name}
          dump={dump}
          close={() => setOpened(opened.filter((one) => one.name !== name))}
        />
      ))}
    </div>
  )
}

function Archive({
  opened,
  open,
}: {
  opened: readonly Opened[]
  open: (id: string) => void
}): JSX.Element {
  const { value, problem, again } = usePoll(
    `dumps ${node.value}`,
    async (signal) => {
      const name =
        node.value || (await api.get<{ name: string }>('/debug/view/figures', {}, signal)).name
      return only(
        await api.get<Reached<DumpList>>('/debug/nodes/dumps', { node: name }, signal),
        name,
      )
    },
    5_000,
  )
  const [refusal, setRefusal] = useState('')
  const take = async (): Promise<void> => {
    try {
      await api.post('/debug/nodes/dumps', { node: node.value, reason: 'devtool' })
      setRefusal('')
      again()
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <section class="card">
      <div class="row">
        <h2 class="grow">{value === undefined ? 'Archive' : `Archive in ${value.folder}`}</h2>
        <button type="button" onClick={() => void take()}>
          Take one now
        </button>
      </div>
      {refusal !== '' && <Notice kind="bad">{refusal}</Notice>}
      <Asked value={value} problem={problem} />
      <ul class="plain archive">
        {value?.dumps.map((dump) => (
          <li key={dump.id}>
            <button
              type="button"
              aria-pressed={opened.some(({ name }) => name === dump.id)}
              onClick={() => open(dump.id)}
            >
              {whenOf(dump)} · {dump.node} · {dump.trigger} · {printBytes(dump.bytes)}
            </button>
          </li>
        ))}
      </ul>
      {value?.dumps.length === 0 && <p class="quiet">The archive is empty.</p>}
      {opened.length < 2 && value !== undefined && value.dumps.length > 1 && (
        <p class="quiet">Open two to compare them.</p>
      )}
    </section>
  )
}

function whenOf({ at }: ArchivedDump): string {
  return at.replace('T', ' ').replace(/\.\d+Z$/, '')
}

function Comparison({ opened }: { opened: readonly Opened[] }): JSX.Element {
  const [one, other] = opened as [Opened, Opened]
  const diff = diffDumps(one.dump, other.dump)
  const kind =
    diff.verdict.level === 'leak' ? 'bad' : diff.verdict.level === 'suspect' ? 'warn' : 'good'
  return (
    <section class="card">
      <h2>Compared</h2>
      <Notice kind={diff.verdict.level === 'unknown' ? 'plain' : kind}>
        <strong>{diff.verdict.level}:</strong> {diff.verdict.reason}
      </Notice>
      <pre class="mono">{printDiff(diff).join('\n')}</pre>
    </section>
  )
}
