// The frame around every view: where one can go, which node is looked at, whether it goes on.

import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { viewNames, type ViewName } from './data/route.ts'
import { everyNode, go, hrefFor, locked, node, paused, route } from './data/state.ts'
import { tabs, tabTitle } from './data/tabs.ts'
import { Guard } from './parts/guard.tsx'
import { Help, HelpButton, helpShown } from './parts/help.tsx'
import { Login } from './parts/login.tsx'
import { NodePicker } from './parts/node-picker.tsx'
import { Notice } from './parts/notice.tsx'
import { OwnTabs } from './parts/own-tabs.tsx'
import { ThemeButton } from './parts/theme.tsx'
import { clusterViews, views } from './views.ts'

const titles: Record<ViewName, string> = {
  overview: 'Overview',
  tree: 'Tree',
  map: 'State map',
  blocked: 'Blocked',
  actors: 'Actors',
  rooms: 'Rooms',
  connections: 'Connections',
  nodes: 'Nodes',
  dumps: 'Dumps',
  dead: 'The dead',
  flight: 'Flight',
}

export function App(): JSX.Element {
  useKeys()
  const { view, id } = route.value
  const title =
    view === 'tab' ? tabTitle(id) : view === 'actor' || view === 'room' ? id : titles[view]
  useEffect(() => {
    document.title = `${title} · Sluice`
  }, [title])
  const known = tabs.value !== undefined
  useEffect(() => {
    // On a phone the views stand in one line, which is wider than the screen.
    document
      .querySelector('.nav [aria-current]')
      ?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [view, id, known])
  return (
    <div class="frame">
      <header class="top">
        <a class="brand" href={hrefFor({ view: 'overview' })}>
          <img src="./icon.svg" alt="" /> Sluice
        </a>
        <NodePicker />
        <span class="grow" />
        <button
          type="button"
          aria-pressed={paused.value}
          onClick={() => (paused.value = !paused.value)}
          title="p"
        >
          {paused.value ? 'Go on' : 'Pause'}
        </button>
        <ThemeButton />
        <HelpButton />
      </header>
      <nav class="nav" aria-label="Views">
        {viewNames.map((name, at) => (
          <a
            key={name}
            href={hrefFor({ view: name })}
            aria-current={name === (view === 'room' ? 'rooms' : view) ? 'page' : undefined}
          >
            {titles[name]} <kbd>{keyFor(at)}</kbd>
          </a>
        ))}
        <OwnTabs />
      </nav>
      <main class="main" tabIndex={0}>
        {locked.value ? (
          <Login />
        ) : (
          <Guard key={`${view} ${id} ${node.value}`}>
            <Chosen />
          </Guard>
        )}
      </main>
      <Help />
    </div>
  )
}

/** The view, of one node, or of all together where there is one. */
function Chosen(): JSX.Element {
  const { view } = route.value
  const View: ComponentType | undefined =
    node.value === everyNode ? clusterViews[view] : views[view]
  if (View !== undefined) return <View />
  return <Notice>This view shows one node at a time: choose one above.</Notice>
}

const keys = '1234567890-'

function keyFor(at: number): string {
  return keys[at] ?? ''
}

/** As parts/help.tsx tells. */
function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement && event.target.matches('input, select, textarea')
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return
      const view = viewNames[keys.indexOf(event.key)]
      if (event.key === '?') helpShown.value = !helpShown.value
      else if (helpShown.value) return
      else if (view !== undefined) go({ view })
      else if (event.key === 'p') paused.value = !paused.value
      else if (event.key === '/')
        document.querySelector<HTMLInputElement>('input[type=search]')?.focus()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
