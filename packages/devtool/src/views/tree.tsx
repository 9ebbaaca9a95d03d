// The supervision tree, one level at a time: a branch is asked for when it is opened, and its many alike children are one line
// until somebody wants them one by one.

import { type ActorRow, type Group, printMs } from '@sluice/core'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupedDump } from '../data/answers.ts'
import { askedDump } from '../data/dump.ts'
import { printCount } from '../data/format.ts'
import { usePoll } from '../data/poll.ts'
import { api, node, route } from '../data/state.ts'
import { Asked } from '../parts/notice.tsx'
import { ActorLink, State } from '../parts/state.tsx'
import { Search } from '../parts/search.tsx'

/** So many children of a kind are shown one by one at once. */
const few = 12
/** And so many when somebody asks for them. */
const many = 200

export function TreeView(): JSX.Element {
  return (
    <>
      <div class="row">
        <h1>Tree</h1>
        <Search placeholder="behaviour of the children shown" />
      </div>
      <div class="card grow tree" role="tree" aria-label="Supervision tree">
        <Root />
      </div>
    </>
  )
}

function Root(): JSX.Element {
  const { value, problem } = usePoll(
    `root ${node.value}`,
    (signal) => askedDump(api, node.value, { limit: 1 }, signal),
    2_000,
  )
  const [root] = value?.actors ?? []
  return (
    <>
      <Asked value={value} problem={problem} />
      {root && <Branch actor={root} open />}
    </>
  )
}

function Branch({ actor, open = false }: { actor: ActorRow; open?: boolean }): JSX.Element {
  const [opened, setOpened] = useState(open)
  const leaf = leaves.has(actor.behavior)
  return (
    <div class="branch" role="treeitem" aria-expanded={leaf ? undefined : opened}>
      <div class="item">
        {leaf ? (
          <span class="twig" />
        ) : (
          <button
            type="button"
            class="twig"
            aria-label={`${opened ? 'Close' : 'Open'} ${actor.behavior} ${actor.id}`}
            onClick={() => setOpened(!opened)}
          >
            {opened ? '▾' : '▸'}
          </button>
        )}
        <ActorLink id={actor.id}>{`${actor.behavior} ${actor.id}`}</ActorLink>
        <State actor={actor} /> <span class="quiet">{printMs(actor.wait?.ms ?? actor.ms)}</span>
        {actor.mailbox > 0 && <span class="quiet">mailbox {actor.mailbox}</span>}
        <span>{actor.label}</span>
      </div>
      {opened && <Children of={actor.id} />}
    </div>
  )
}

/** Actors that own none, by design. */
const leaves: ReadonlySet<string> = new Set(['connection'])

function Children({ of }: { of: string }): JSX.Element {
  const { search = '' } = route.value.query
  const { value, problem } = usePoll(
    `children ${node.value} ${of}`,
    (signal) =>
      askedDump(api, node.value, { debug: 1, parent: of }, signal) as Promise<GroupedDump>,
    2_000,
  )
  const kinds = merge(value?.groups ?? []).filter(({ behavior }) => behavior.includes(search))
  return (
    <div class="children" role="group">
      <Asked value={value} problem={problem} />
      {kinds.map((kind) => (
        <Kind key={`${kind.behavior} ${kind.state}`} of={of} kind={kind} />
      ))}
      {value && kinds.length === 0 && (
        <p class="quiet">no children{search && ` called ${search}`}</p>
      )}
    </div>
  )
}

interface KindCount {
  readonly behavior: string
  readonly state: string
  readonly count: number
  readonly ms: number
}

/** What they wait for does not split a line here. */
function merge(groups: readonly Group[]): KindCount[] {
  const kinds = Map.groupBy(groups, ({ behavior, state }) => `${behavior} ${state}`)
  return [...kinds.values()].map((same) => ({
    behavior: same[0]!.behavior,
    state: same[0]!.state,
    count: same.reduce((sum, { count }) => sum + count, 0),
    ms: Math.max(...same.map(({ ms }) => ms.max)),
  }))
}

function Kind({ of, kind }: { of: string; kind: KindCount }): JSX.Element {
  const [opened, setOpened] = useState(false)
  const { behavior, state, count, ms } = kind
  if (count <= few) return <Actors of={of} kind={kind} limit={few} />
  return (
    <div class="branch" role="treeitem" aria-expanded={opened}>
      <div class="item">
        <button
          type="button"
          class="twig"
          aria-label={`${opened ? 'Close' : 'Open'} ${count} ${behavior}`}
          onClick={() => setOpened(!opened)}
        >
          {opened ? '▾' : '▸'}
        </button>
        <strong>{printCount(count)} ×</strong> {behavior}{' '}
        <span class={`state ${state}`}>{state}</span> <span class="quiet">up to {printMs(ms)}</span>
      </div>
      {opened && (
        <div class="children" role="group">
          <Actors of={of} kind={kind} limit={many} />
        </div>
      )}
    </div>
  )
}

function Actors({ of, kind, limit }: { of: string; kind: KindCount; limit: number }): JSX.Element {
  const { behavior, state, count } = kind
  const { value, problem } = usePoll(
    `actors ${node.value} ${of} ${behavior} ${state} ${limit}`,
    (signal) => askedDump(api, node.value, { parent: of, behavior, state, limit }, signal),
    2_000,
  )
  return (
    <>
      {problem !== undefined && <Asked value={value} problem={problem} />}
      {value?.actors.map((actor) => (
        <Branch key={actor.id} actor={actor} />
      ))}
      {count > limit && (
        <p class="quiet">
          the first {limit} of {printCount(count)}; the list of actors searches all of them
        </p>
      )}
    </>
  )
}
