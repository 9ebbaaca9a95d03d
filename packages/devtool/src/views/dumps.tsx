// The archive: what lies there, one of them opened, two of them compared. A dump may also be dropped on the page, and then
// needs no node at all; two that are dropped are compared.

import type { Dump } from '@sluice/core'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { openDump, readDumpFile } from '../data/dump-file.ts'
import { problemOf } from '../data/problem.ts'
import { api, node, route } from '../data/state.ts'
import { type Side, Archive } from '../parts/dump/archive.tsx'
import { DumpComparison } from '../parts/dump/comparison.tsx'
import { DumpReport } from '../parts/dump/report.tsx'
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
  const [problems, setProblems] = useState<readonly string[]>([])
  /** Those that are dumps; of the others it tells why not. */
  const read = async (
    openings: readonly (readonly [string, Promise<Dump>])[],
  ): Promise<readonly Opened[]> => {
    const all = await Promise.all(openings.map(([name, opening]) => readOne(name, opening)))
    setProblems(all.filter((one) => typeof one === 'string'))
    return all.filter((one) => typeof one !== 'string')
  }
  const open = async (id: string, side?: Side): Promise<void> => {
    const [one] = await read([[id, openDump(api, node.value, id)]])
    if (one === undefined) return
    setChosen((before) => (side === undefined ? { from: one } : { ...before, [side]: one }))
  }
  // Whoever follows a link to a dump comes for that one.
  const linked = route.value.id
  useEffect(() => {
    if (linked !== '') void open(linked)
  }, [linked])
  const drop = async (files: FileList | null | undefined): Promise<void> => {
    const all = [...(files ?? [])]
    const [first, second, ...more] = await read(
      all.map((file) => [file.name, readDumpFile(file)] as const),
    )
    if (more.length > 0) {
      const names = more.map(({ name }) => name).join(', ')
      setProblems((before) => [...before, `two are compared, and these left out: ${names}`])
    }
    if (first === undefined) return
    setChosen(({ from, to }) => {
      if (second !== undefined) return { from: first, to: second }
      // One more, to what is open already.
      return from === undefined || to !== undefined ? { from: first } : { from, to: first }
    })
  }
  const { from, to } = chosen
  const sides = (['from', 'to'] as const).filter((side) => chosen[side] !== undefined)
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
            onChange={({ currentTarget }) => {
              void drop(currentTarget.files)
              // Else the same file cannot be chosen again, once it is mended.
              currentTarget.value = ''
            }}
          />
        </label>
      </div>
      {problems.map((problem) => (
        <Notice key={problem} kind="bad">
          {problem}
        </Notice>
      ))}
      <Archive
        from={from?.name}
        to={to?.name}
        open={(id) => void open(id)}
        choose={(side, id) => void open(id, side)}
      />
      {from && to && <DumpComparison one={from.dump} other={to.dump} />}
      {sides.map((side) => (
        <DumpReport
          key={side}
          {...chosen[side]!}
          folded={sides.length === 2}
          close={() => {
            const left = side === 'from' ? to : from
            setChosen(left === undefined ? {} : { from: left })
          }}
        />
      ))}
    </div>
  )
}

/** The dump, or a sentence that says why there is none. */
async function readOne(name: string, opening: Promise<Dump>): Promise<Opened | string> {
  try {
    return { name, dump: await opening }
  } catch (error) {
    return `${name}: ${problemOf(error)}`
  }
}
