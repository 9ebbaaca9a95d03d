// JSON as a tree that opens and closes, with the mouse or the arrow keys. What is open stays so while newer values come, and
// those that are new are marked for a moment.

import type { Json } from '@sluice/core'
import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useRef, useState } from 'preact/hooks'

interface JsonTreeProps {
  readonly json: Json
  /** So many levels are open at first. */
  readonly levels: number
}

export function JsonTree({ json, levels }: JsonTreeProps): JSX.Element {
  return (
    <div class="json" onKeyDown={walk}>
      {isBranch(json) ? <Entries json={json} levels={levels} /> : <Leaf json={json} />}
    </div>
  )
}

type Branch = Exclude<Json, string | number | boolean | null>

function isBranch(json: Json): json is Branch {
  return typeof json === 'object' && json !== null
}

function Entries({ json, levels }: { json: Branch; levels: number }): JSX.Element {
  const entries = Object.entries(json)
  if (entries.length === 0) return <span class="quiet">{Array.isArray(json) ? '[]' : '{}'}</span>
  return (
    <ul>
      {entries.map(([name, value]) => (
        <li key={name}>
          {isBranch(value) && Object.keys(value).length > 0 ? (
            <Twig name={name} json={value} levels={levels - 1} />
          ) : (
            <>
              <span class="name">{name}</span>:{' '}
              {isBranch(value) ? <Entries json={value} levels={0} /> : <Leaf json={value} />}
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

interface TwigProps extends JsonTreeProps {
  readonly name: string
  readonly json: Branch
}

function Twig({ name, json, levels }: TwigProps): JSX.Element {
  const [open, setOpen] = useState(levels > 0)
  // Closed, it speaks for all that is in it.
  const changes = useChanges(JSON.stringify(json), !open)
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span class="name">{name}</span>:{' '}
        <span key={changes} class={changes > 0 ? 'quiet new' : 'quiet'}>
          {open ? sizeOf(json) : preview(json)}
        </span>
      </summary>
      {open && <Entries json={json} levels={levels} />}
    </details>
  )
}

function Leaf({ json }: { json: string | number | boolean | null }): JSX.Element {
  const text = JSON.stringify(json)
  const changes = useChanges(text, true)
  const kind = json === null ? 'null' : typeof json
  return (
    <span key={changes} class={changes > 0 ? `${kind} new` : kind}>
      {text}
    </span>
  )
}

/** How often the text has become another one while somebody wanted to know. */
function useChanges(text: string, counting: boolean): number {
  const seen = useRef({ text, times: 0 })
  if (seen.current.text !== text) {
    seen.current = { text, times: seen.current.times + (counting ? 1 : 0) }
  }
  return seen.current.times
}

/** `[12]` for a list, `{3}` for an object. */
function sizeOf(json: Branch): string {
  return Array.isArray(json) ? `[${json.length}]` : `{${Object.keys(json).length}}`
}

const longestPreview = 80

function preview(json: Branch): string {
  const text = Object.entries(json)
    .slice(0, 8)
    .map(([name, value]) => {
      const word = isBranch(value) ? sizeOf(value) : JSON.stringify(value)
      return Array.isArray(json) ? word : `${name}: ${word}`
    })
    .join(', ')
  const words = text.length > longestPreview ? `${text.slice(0, longestPreview)} …` : text
  return `${sizeOf(json)} ${words}`
}

/** Up and down from one to the next; right opens it or goes into it, left closes it or goes out. */
function walk(event: TargetedKeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll('summary')]
  const at = all.findIndex((one) => one === document.activeElement)
  const details = all[at]?.parentElement
  if (!(details instanceof HTMLDetailsElement)) return
  switch (event.key) {
    case 'ArrowDown':
      all[at + 1]?.focus()
      break
    case 'ArrowUp':
      all[at - 1]?.focus()
      break
    case 'ArrowRight':
      if (details.open) all[at + 1]?.focus()
      else details.open = true
      break
    case 'ArrowLeft':
      if (details.open) details.open = false
      else details.parentElement?.closest('details')?.querySelector('summary')?.focus()
      break
    default:
      return
  }
  event.preventDefault()
}
