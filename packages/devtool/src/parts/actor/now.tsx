// What an actor is doing, as facts: its wait, its deadline, its counters, and what its behaviour tells with `describe()`.

import { type ActorRow, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { printCount } from '../../data/format.ts'
import { ownTitles, printOwn } from '../../data/own.ts'
import { Fact } from '../fact.tsx'
import { ActorLink } from '../state.tsx'

export function ActorNow({ actor }: { actor: ActorRow }): JSX.Element {
  const { wait } = actor
  const titles = ownTitles(Object.keys(actor.more ?? {}))
  return (
    <section class="card">
      <h2>Now</h2>
      <dl class="facts">
        <Fact name={wait === undefined ? `${actor.state} for` : 'waits for'}>
          {wait === undefined ? (
            printMs(actor.ms)
          ) : (
            <>
              {wait.class} {wait.target}
              {wait.actor !== undefined && (
                <>
                  {' '}
                  <ActorLink id={wait.actor} />
                </>
              )}
              , {printMs(wait.ms)}
            </>
          )}
        </Fact>
        {wait?.leftMs !== undefined && (
          <Fact name="its deadline">
            {wait.leftMs < 0 ? (
              <span class="bad">over since {printMs(-wait.leftMs)}</span>
            ) : (
              `in ${printMs(wait.leftMs)}`
            )}
          </Fact>
        )}
        {actor.message !== undefined && <Fact name="handles">{actor.message}</Fact>}
        <Fact name="age">{printMs(actor.ageMs)}</Fact>
        <Fact name="mailbox">{actor.mailbox}</Fact>
        <Fact name="handled">{printCount(actor.handled)}</Fact>
        <Fact name="restarts">{actor.restarts}</Fact>
        {actor.timers !== undefined && <Fact name="timers">{printCount(actor.timers)}</Fact>}
        {Object.entries(actor.more ?? {}).map(([name, value]) => (
          <Fact key={name} name={titles.get(name)!}>
            {printOwn(name, value) || '–'}
          </Fact>
        ))}
      </dl>
    </section>
  )
}
