// The archive: what lies there, one of them opened, two of them compared. A dump may also be dropped on the page, and then
// needs no node at all; two that are dropped are compared.

import type { Dump } from '@sluice/core'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { openDump, readDumpFile } from '../data/dump-file.ts'
import { api, node, route } from '../data/state.ts'
import { type Side, Archive } from '../parts/archive.tsx'
import { DumpComparison } from '../parts/dump-comparison.tsx'
import { DumpReport } from '../parts/dump-report.tsx'
import { Notice } from '../parts/notice.tsx'
import '../style/dumps.css'

interface Opened {
  readonly name: string
  readonly dump: Dump
}

/** One is looked at; two are compared, whichever is the older. */
type Chosen = Partial<Record<Side, Opened>>

export function DumpsView(): JSX.Element {
  const [chosen, setChosen] = useState<Chosen>({})
  const [problem, setProblem] = useState('')
  const read = async (name: string, opening: Promise<Dump>): Promise<Opened | undefined> => {
    try {
      const dump = await opening
      setProblem('')
      return { name, dump }
    } catch (error) {
      setProblem(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const open = async (id: string, side?: Side): Promise<void> => {
    const opened = await read(id, openDump(api, node.value, id))
    if (opened === undefined) return
    setChosen((before) => (side === undefined ? { from: opened } : { ...before, [side]: opened }))
  }
  // Whoever follows a link to a dump comes for that one.
  const linked = route.value.id
  useEffect(() => {
    if (linked !== '') void open(linked)
  }, [linked])
  const drop = async (files: FileList | null | undefined): Promise<void> => {
    const all = await Promise.all(
      [...(files ?? [])].map((file) => read(file.name, readDumpFile(file))),
    )
    const [first, second] = all.filter((one) => one !== undefined)
    if (first === undefined) return
    setChosen(({ from, to }) => {
      if (second !== undefined) return { from: first, to: second }
      // One more, to what is open already.
      return from === undefined || to !== undefined ? { from: first } : { from, to: first }
    })
  }
  const { from, to } = chosen
  const opened = [from, to].filter((one) => one !== undefined)
  return (
    <div
      class="drop grow"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void drop(event.dataTransfer?.files)
      }}
    >
      <div class="row">
        <h1>Dumps</h1>
        <label class="row">
          <span class="quiet">or a file, or two to compare them, dropped here or chosen:</span>
          <input
            type="file"
            multiple
            accept=".json,.gz,.txt"
            onChange={({ currentTarget }) => void drop(currentTarget.files)}
          />
        </label>
      </div>
      {problem !== '' && <Notice kind="bad">{problem}</Notice>}
      <Archive
        from={from?.name}
        to={to?.name}
        open={(id) => void open(id)}
        choose={(side, id) => void open(id, side)}
      />
      {from && to && from !== to && <DumpComparison one={from.dump} other={to.dump} />}
      {opened.map(({ name, dump }) => (
        <DumpReport
          key={name}
          name={name}
          dump={dump}
          folded={opened.length === 2}
          close={() => {
            const left = opened.find((one) => one.name !== name)
            setChosen(left === undefined ? {} : { from: left })
          }}
        />
      ))}
    </div>
  )
}
