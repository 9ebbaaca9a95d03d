// A text in which what was searched for stands out.

import type { JSX } from 'preact'

export function Marked({ text, search }: { text: string; search: string }): JSX.Element {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase())
  if (at < 0) return <>{text}</>
  const end = at + search.length
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  )
}
