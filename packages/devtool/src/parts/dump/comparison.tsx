// Two dumps compared: the verdict first, in words; then what grew, by line of source, by group and by actor.

import {
  type ActorChanges,
  type Change,
  type Dump,
  type DumpDiff,
  diffDumps,
  type GroupChange,
  type LeakLevel,
  printDiff,
  printMs,
} from '@sluice/core'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { printBytes, printCount } from '../../data/format.ts'
import { type Growth, GrowthTable, printSigned } from './growth-table.tsx'
import { Notice } from '../notice.tsx'
import { Totals } from '../totals.tsx'

const verdicts: Record<LeakLevel, { kind: 'bad' | 'warn' | 'good' | 'plain'; words: string }> = {
  leak: { kind: 'bad', words: 'It leaks.' },
  suspect: { kind: 'warn', words: 'It may leak; a third dump will tell.' },
  steady: { kind: 'good', words: 'It is steady.' },
  unknown: { kind: 'plain', words: 'These two cannot tell.' },
}

export function DumpComparison({ one, other }: { one: Dump; other: Dump }): JSX.Element {
  const diff = useMemo(() => diffDumps(one, other), [one, other])
  const { verdict, unknown, kinds, groups, groupCount, actors } = diff
  const { kind, words } = verdicts[verdict.level]
  const changed = kinds.filter(({ before, after }) => before !== after)
  return (
    <section class="card stack" aria-label="Compared">
      <div>
        <h2>Compared</h2>
        <p class="quiet" style={{ margin: 0 }}>
          {sidesOf(diff)}
        </p>
      </div>
      <Notice kind={kind}>
        <strong>{words}</strong> {verdict.reason} <span class="quiet">{verdict.level}</span>
        {verdict.suspects.length > 1 && (
          <ul>
            {verdict.suspects.slice(1).map(({ level, reason }) => (
              <li key={reason}>
                also {level}: {reason}
              </li>
            ))}
          </ul>
        )}
      </Notice>
      {unknown.map((sentence) => (
        <p key={sentence} class="quiet">
          Not told: {sentence}.
        </p>
      ))}
      <Figures diff={diff} />
      {changed.length > 0 && (
        <GrowthTable
          label="By line of source"
          title="Behaviour"
          detail="Spawned"
          rows={changed.map(({ behavior, before, after, ...site }) => ({
            name: behavior,
            detail: spawnedBy(site),
            before,
            after,
          }))}
          total={changed.length}
        />
      )}
      {groupCount > 0 && (
        <GrowthTable
          label="By group"
          title="Group"
          detail="In this state for, spawned"
          rows={groups.map(groupRow)}
          total={groupCount}
        />
      )}
      {actors && <Actors actors={actors} />}
      <details>
        <summary>As text</summary>
        <pre class="mono">{printDiff(diff).join('\n')}</pre>
      </details>
    </section>
  )
}

function sidesOf({ from, to, kinship, betweenMs }: DumpDiff): string {
  const later = {
    same: `${printMs(betweenMs)} later`,
    restarted: `${printMs(betweenMs)} later, after a restart`,
    other: 'on another node',
  }[kinship]
  return `from ${from.takenAt} ${from.node} to ${to.takenAt} ${to.node}, ${later}`
}

function Figures({ diff }: { diff: DumpDiff }): JSX.Element {
  const { total, states, orphans, counted, ended } = diff
  const advanced = [...Object.entries(counted), ...Object.entries(ended)]
  return (
    <>
      <Totals
        totals={[
          { label: 'actors', text: spanOf(total) },
          ...Object.entries(states).map(([label, change]) => ({ label, text: spanOf(change) })),
          { label: 'orphans', text: spanOf(orphans), odd: orphans.after > 0 },
        ]}
      />
      {advanced.length > 0 && (
        <p class="quiet">
          Meanwhile {advanced.map(([name, count]) => `${name} ${printSigned(count)}`).join(', ')}.
        </p>
      )}
    </>
  )
}

function Actors({ actors }: { actors: ActorChanges }): JSX.Element {
  const { stayed, born, gone, older, olderCount, grown, grownCount } = actors
  const known = (count: number | undefined, what: string): string =>
    count === undefined ? `${what} not told` : `${printCount(count)} ${what}`
  return (
    <>
      {grown.length > 0 && (
        <GrowthTable
          label="Figures of one actor that grew"
          title="Actor"
          detail="Figure"
          rows={grown.map(({ actor, figure, before, after }) => ({
            name: [actor.behavior, actor.id, actor.label].filter(Boolean).join(' '),
            detail: figure === 'queue' ? `queue, now ${printBytes(after)}` : figure,
            before,
            after,
          }))}
          total={grownCount}
        />
      )}
      <p class="quiet">
        {printCount(stayed)} actors stayed, {known(born, 'new')}, {known(gone, 'gone')}.
        {olderCount > 0 && ` At the same thing in both: ${printCount(olderCount)}.`}
      </p>
      {older.length > 0 && (
        <ul class="plain">
          {older.slice(0, mostOlder).map(({ id, behavior, label, state, wait, ms }) => (
            <li key={id}>
              <span class="mono">
                {behavior} {id}
              </span>{' '}
              {label}{' '}
              <span class={`state ${state}`}>{wait ? `${wait.class} ${wait.target}` : state}</span>{' '}
              for {printMs(ms)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const mostOlder = 8

function groupRow(group: GroupChange): Growth {
  const { behavior, state, wait, before, after, msBefore, msAfter, change } = group
  const age = change === 'gone' ? msBefore : msAfter
  return {
    name: `${behavior} [${wait === '' ? state : `${state}: ${wait}`}]`,
    detail: [printMs(age), spawnedBy(group)].filter(Boolean).join(', '),
    before,
    after,
  }
}

function spawnedBy({
  spawner,
  message,
  line,
}: Pick<GroupChange, 'spawner' | 'message' | 'line'>): string {
  return [spawner && `by ${spawner}`, message && `on ${message}`, line && `at ${line}`]
    .filter(Boolean)
    .join(' ')
}

function spanOf({ before, after }: Change): string {
  return before === after ? printCount(after) : `${printCount(before)} → ${printCount(after)}`
}
