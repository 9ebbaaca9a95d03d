// What a behaviour shows of one of its actors: as a tree, or to take away as text.

import type { Json } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { copyText } from '../../data/clipboard.ts'
import { problemOf } from '../../data/problem.ts'
import { JsonTree } from './json-tree.tsx'

/** Levels that are open at first: enough to see what there is. */
const openAtFirst = 2

export function JsonView({ json }: { json: Json }): JSX.Element {
  const [levels, setLevels] = useState({ open: openAtFirst, round: 0 })
  const [copied, setCopied] = useState('Copy')
  const set = (open: number): void => setLevels(({ round }) => ({ open, round: round + 1 }))
  const copy = (): Promise<void> =>
    copyText(JSON.stringify(json, undefined, 2)).then(
      () => setCopied('Copied'),
      (error: unknown) => setCopied(problemOf(error)),
    )
  return (
    <section class="card" aria-labelledby="own-json">
      <div class="row">
        <h2 id="own-json">What it shows of itself</h2>
        <span class="grow" />
        <span class="row">
          <button type="button" class="small" onClick={() => set(Infinity)}>
            Open all
          </button>
          <button type="button" class="small" onClick={() => set(1)}>
            Close all
          </button>
          <button
            type="button"
            class="small"
            onClick={() => void copy()}
            onBlur={() => setCopied('Copy')}
          >
            {copied}
          </button>
        </span>
      </div>
      <JsonTree key={levels.round} json={json} levels={levels.open} />
    </section>
  )
}
