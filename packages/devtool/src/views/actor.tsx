// One actor in full: what it is doing and since when, its machine, what it did last, whom it belongs to, where it comes from.

import { printMs } from '@sluice/core'
import type { JSX } from 'preact'
import type { ActorDetail, DeadDetail } from '../data/answers.ts'
import { printCount } from '../data/format.ts'
import { ownTitle, printOwn } from '../data/own.ts'
import { usePoll } from '../data/poll.ts'
import { api, hrefFor, node, route } from '../data/state.ts'
import { EndButton } from '../parts/end-button.tsx'
import { JsonView } from '../parts/json-view.tsx'
import { Lifecycle } from '../parts/lifecycle.tsx'
import { MachinePicture } from '../parts/machine-picture.tsx'
import { Asked, Notice } from '../parts/notice.tsx'
import { ActorLink, State } from '../parts/state.tsx'
import { Trail } from '../parts/trail.tsx'

export function ActorView(): JSX.Element {
  const { id } = route.value
  const { value, problem, again } = usePoll(`actor ${node.value} ${id}`, (signal) =>
    api.get<ActorDetail | DeadDetail>(
      `/debug/actors/${encodeURIComponent(id)}`,
      { node: node.value },
      signal,
    ),
  )
  return (
    <>
      <Asked value={value} problem={problem} />
      {value && 'actor' in value && <Live detail={value} again={again} />}
      {value && 'tombstone' in value && <Dead detail={value} />}
    </>
  )
}

function Live({ detail, again }: { detail: ActorDetail; again: () => void }): JSX.Element {
  const { actor, lineage, contexts, children, trail, machine, waiters } = detail
  const { wait } = actor
  return (
    <>
      <div class="row">
        <h1>
          {actor.behavior} <span class="mono">{actor.id}</span>
        </h1>
        <State actor={actor} />
        <span class="grow">{actor.label}</span>
        <button type="button" onClick={() => keep(detail)}>
          Keep as a file
        </button>
        <EndButton actor={actor} ended={again} />
      </div>
      {actor.orphan && (
        <Notice kind="bad">
          An orphan: its context ended, its grace time is over, and it lives on.
        </Notice>
      )}
      {waiters.count > 0 && <Waiters waiters={waiters} />}
      {wait?.dead && (
        <Notice kind="bad">It waits on something that is dead: nothing will end this wait.</Notice>
      )}
      {actor.ending !== undefined && (
        <Notice kind="warn">It is about to end: {actor.ending}</Notice>
      )}
      {actor.restarted !== undefined && (
        <Notice kind="warn">
          Restarted {actor.restarts} times, the last time after {actor.restarted}
        </Notice>
      )}
      <div class="cards">
        <section class="card">
          <h2>Now</h2>
          <dl class="facts">
            <Fact name={wait === undefined ? `${actor.state} for` : 'waits for'}>
              {wait === undefined ? (
                printMs(actor.ms)
              ) : (
                <>
                  {wait.class} {wait.target}{' '}
                  {wait.actor !== undefined && <ActorLink id={wait.actor} />}, {printMs(wait.ms)}
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
              <Fact key={name} name={ownTitle(name)}>
                {printOwn(name, value)}
              </Fact>
            ))}
          </dl>
        </section>
        <section class="card">
          <h2>Its life</h2>
          <Lifecycle state={actor.state} last={trail.at(-1)} />
        </section>
        <section class="card">
          <h2>Belongs to</h2>
          <ol class="plain">
            {contexts.map(({ owner, deadlineMs, ended }, at) => (
              <li key={at}>
                <Owner name={owner} />
                {deadlineMs !== undefined && (
                  <span class="quiet">, deadline in {printMs(Math.max(0, deadlineMs))}</span>
                )}
                {ended !== undefined && <span class="bad">, ended: {ended}</span>}
              </li>
            ))}
          </ol>
          {Object.keys(children).length > 0 && (
            <>
              <h2>Owns</h2>
              <ul class="plain">
                {Object.entries(children).map(([behavior, count]) => (
                  <li key={behavior}>
                    <a href={hrefFor({ view: 'actors', query: { behavior } })}>
                      {printCount(count)} × {behavior}
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
        <section class="card">
          <h2>Where it comes from</h2>
          <ol class="plain">
            {lineage.map(({ code, behavior, spawner, message, line }) => (
              <li key={code}>
                <strong>{behavior}</strong> by {spawner || 'the system'}
                {message && ` on ${message}`} {line && <code>{line}</code>}
              </li>
            ))}
          </ol>
          {actor.stack !== undefined && (
            <>
              <h2>Spawned here</h2>
              <ol class="plain mono">
                {actor.stack.map((frame, at) => (
                  <li key={at}>
                    {frame.function || '(anonymous)'} <span class="quiet">{frame.at}</span>
                  </li>
                ))}
              </ol>
            </>
          )}
        </section>
      </div>
      {detail.json !== undefined && <JsonView json={detail.json} />}
      {machine !== undefined && (
        <section class="card">
          <h2>Its own machine</h2>
          <MachinePicture machine={machine} />
        </section>
      )}
      <section class="card">
        <h2>What it did last</h2>
        <Trail trail={trail} />
      </section>
    </>
  )
}

function Waiters({ waiters }: { waiters: ActorDetail['waiters'] }): JSX.Element {
  const { count, longestMs, sample } = waiters
  return (
    <Notice kind="warn">
      <strong>
        {count === 1 ? '1 actor waits' : `${printCount(count)} actors wait`} on it, up to{' '}
        {printMs(longestMs)}:
      </strong>{' '}
      {sample.map(({ id, behavior }) => (
        <>
          <ActorLink key={id} id={id}>{`${behavior} ${id}`}</ActorLink>{' '}
        </>
      ))}
      {count > sample.length && '…'}
    </Notice>
  )
}

/** All that is known of it, as JSON. */
function keep(detail: ActorDetail): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(detail, undefined, 2)]))
  const link = document.createElement('a')
  link.href = url
  link.download = `${detail.actor.behavior}-${detail.actor.id}.json`
  link.click()
  URL.revokeObjectURL(url)
}

function Owner({ name }: { name: string }): JSX.Element {
  const [behavior = '', id] = name.split(' ')
  if (id === undefined) return <>{name || 'a context of its own'}</>
  return <ActorLink id={id}>{`${behavior} ${id}`}</ActorLink>
}

function Fact({
  name,
  children,
}: {
  name: string
  children: JSX.Element | string | number | (JSX.Element | string | number | false)[]
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Dead({ detail }: { detail: DeadDetail }): JSX.Element {
  const { behavior, id, label, code, end, agoMs, livedMs, handled, restarts, trail } =
    detail.tombstone
  return (
    <>
      <div class="row">
        <h1>
          {behavior} <span class="mono">{id}</span>
        </h1>
        <span class="state dead">dead: {code}</span>
        <span>{label}</span>
      </div>
      <section class="card">
        <dl class="facts">
          <Fact name="died">{`${printMs(agoMs)} ago`}</Fact>
          <Fact name="lived">{printMs(livedMs)}</Fact>
          <Fact name="handled">{printCount(handled)}</Fact>
          <Fact name="restarts">{restarts}</Fact>
        </dl>
        <h2>Why</h2>
        <ol class="plain">
          {end.split(' ← ').map((cause, at) => (
            <li key={at}>
              {at > 0 && '← '}
              {cause}
            </li>
          ))}
        </ol>
        <h2>Its last steps</h2>
        <p>{trail.join(' → ') || 'no transition was kept'}</p>
      </section>
    </>
  )
}
