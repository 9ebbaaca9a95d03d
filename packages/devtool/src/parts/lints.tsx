// What is wrong, in sentences, the worst first; each leads to the actors that it is about.

import type { LintReport, LintResult } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../data/format.ts'
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

function Lint({ result }: { result: LintResult }): JSX.Element {
  const { lint, severity, summary, findings, count } = result
  return (
    <Notice kind={kinds[severity]}>
      <strong>
        {severity}: {summary}
      </strong>{' '}
      <span class="quiet">{lint}</span>
      <ul>
        {findings.map((finding) => (
          <li key={finding.sentence}>
            {finding.sentence}{' '}
            {finding.ids.map((id) => (
              <>
                <ActorLink key={id} id={id} />{' '}
              </>
            ))}
          </li>
        ))}
        {count > findings.length && (
          <li class="quiet">and {printCount(count - findings.length)} more</li>
        )}
      </ul>
    </Notice>
  )
}
