// What is wrong, in sentences, the worst first; each leads to the actors that it is about.

import type { LintReport, LintResult } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../data/format.ts'
import { hrefFor } from '../data/state.ts'
import { Notice } from './notice.tsx'
import { ActorLink } from './state.tsx'

const kinds = { fault: 'bad', warning: 'warn', hint: 'plain' } as const

export function Lints({ report }: { report: LintReport }): JSX.Element {
  const { results, listed, total } = report
  const cut =
    listed < total ? ` Looked at ${printCount(listed)} of ${printCount(total)} actors.` : ''
  if (results.length === 0) return <Notice kind="good">No lint has found anything.{cut}</Notice>
  return (
    <section aria-label="What is wrong" class="lints">
      {results.map((result) => (
        <Lint key={result.lint} result={result} />
      ))}
      {cut !== '' && <p class="quiet">{cut}</p>}
    </section>
  )
}

interface LintProps {
  readonly result: LintResult
  /** The node on which it was found, where several are looked at. */
  readonly on?: string
}

export function Lint({ result, on }: LintProps): JSX.Element {
  const { lint, severity, summary, findings, count } = result
  return (
    <Notice kind={kinds[severity]}>
      {on !== undefined && (
        <>
          <a class="place" href={hrefFor({ view: 'overview', query: { node: on } })}>
            {on}
          </a>{' '}
        </>
      )}
      <strong>
        {severity}: {summary}
      </strong>{' '}
      <span class="quiet">{lint}</span>
      <ul>
        {findings.map(({ sentence, ids }) => (
          <li key={sentence}>
            {sentence} <Concerned ids={ids} on={on} />
          </li>
        ))}
        {count > findings.length && (
          <li class="quiet">and {printCount(count - findings.length)} more</li>
        )}
      </ul>
    </Notice>
  )
}

/** The sentence has the name of one already. */
function Concerned({ ids, on }: { ids: readonly string[]; on: string | undefined }): JSX.Element {
  if (ids.length === 1) {
    return (
      <ActorLink id={ids[0]!} on={on}>
        look at it
      </ActorLink>
    )
  }
  return (
    <>
      {ids.map((id) => (
        <>
          <ActorLink key={id} id={id} on={on} />{' '}
        </>
      ))}
    </>
  )
}
