// A line of the tree: an actor, many that are alike, or that somebody is missing.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import type { ActorLine, KindLine, Line } from '../data/tree/lines.ts'
import { Marked } from './marked.tsx'
import { State } from './state.tsx'

interface TreeLineProps {
  readonly line: Line
  readonly search: string
  readonly toggle: () => void
  /** What `useLines` gives it. */
  readonly own: { readonly style: object }
}

/** Deeper ones stand where this one stands, and say how deep they are. */
const deepest = 16

export function TreeLine({ line, search, toggle, own }: TreeLineProps): JSX.Element {
  const { depth, position, size } = line
  const open = 'open' in line ? line.open : undefined
  return (
    <div
      {...own}
      class="line"
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={position + 1}
      aria-setsize={size}
      aria-expanded={open}
      style={{ ...own.style, '--depth': Math.min(depth, deepest) }}
    >
      <span class="who">
        {search === '' && (
          <span
            class={open === undefined ? 'twig' : 'twig opens'}
            aria-hidden="true"
            onClick={toggle}
          >
            {open === undefined ? '' : open ? '▾' : '▸'}
          </span>
        )}
        {depth > deepest && <span class="quiet">{depth} deep</span>}
        {line.what === 'actor' && <Who line={line} search={search} />}
        {line.what === 'kind' && (
          <span class="name" onClick={toggle}>
            <strong>{printCount(line.kind.count)} ×</strong> {line.kind.behavior}
          </span>
        )}
        {line.what === 'awaited' && <span class="awaited" role="img" aria-label="asking" />}
        {line.what === 'empty' && <span class="quiet">{emptyWords(line.asked, search)}</span>}
      </span>
      {line.what === 'actor' && <Figures line={line} />}
      {line.what === 'kind' && <KindFigures line={line} />}
    </div>
  )
}

function emptyWords(asked: boolean, search: string): string {
  if (!asked) return 'asking …'
  return search === '' ? 'nobody' : 'nobody is called so: neither id, nor behaviour, nor label'
}

function Who({ line, search }: { line: ActorLine; search: string }): JSX.Element {
  const { id, behavior, label } = line.actor
  return (
    <>
      <a class="name" tabIndex={-1} href={hrefFor({ view: 'actor', id })}>
        <Marked text={behavior} search={search} />{' '}
        <span class="mono">
          <Marked text={id} search={search} />
        </span>
      </a>
      {label !== '' && (
        <span class="label">
          <Marked text={label} search={search} />
        </span>
      )}
      {line.path && <Path line={line} />}
    </>
  )
}

/** Where what was found belongs, `in root 0 › rooms 1`; leads there. */
function Path({ line: { path = [], actor } }: { line: ActorLine }): JSX.Element | null {
  if (actor.parent === '') return null
  return (
    <a
      class="within"
      tabIndex={-1}
      title="show it in the tree"
      href={hrefFor({ view: 'tree', query: { at: actor.id } })}
    >
      in {path[0]?.parent !== '' && <span>… › </span>}
      {path.map(({ id, behavior }, i) => (
        <span key={id}>
          {behavior} <span class="mono">{id}</span>
          {i < path.length - 1 && ' › '}
        </span>
      ))}
    </a>
  )
}

function Figures({ line: { actor } }: { line: ActorLine }): JSX.Element {
  const { wait, ms, children = 0, mailbox } = actor
  return (
    <>
      <State actor={actor} />
      <span class="figure">{printMs(wait?.ms ?? ms)}</span>
      <span class="figure">{children > 0 && printCount(children)}</span>
      <span class="figure">{mailbox > 0 && printCount(mailbox)}</span>
    </>
  )
}

function KindFigures({ line: { kind } }: { line: KindLine }): JSX.Element {
  return (
    <>
      <span class={`state ${kind.state}`}>{kind.state}</span>
      <span class="figure" title="the longest of them">
        ≤ {printMs(kind.ms)}
      </span>
      <span class="figure" />
      <span class="figure" />
    </>
  )
}
