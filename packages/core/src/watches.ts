// Death watch: who is told, and what, when an actor is dead. Told once for each time it asked, over the system lane.
//
//   watcher.watching ─▶ { target }      target.watchers ─▶ { watcher: [message, …] }

import type { Actor } from './actor.ts'

/** Tells `watcher` the message when `target` dies; soon, if it is dead. */
export function watch(watcher: Actor, target: Actor, message: unknown): void {
  if (!watcher.alive) return
  if (!target.alive) {
    watcher.signal(message)
    return
  }
  ;(watcher.more().watching ??= new Set()).add(target)
  const watchers = (target.more().watchers ??= new Map())
  const messages = watchers.get(watcher)
  if (messages === undefined) watchers.set(watcher, [message])
  else messages.push(message)
}

export function unwatch(watcher: Actor, target: Actor): void {
  watcher.rare?.watching?.delete(target)
  target.rare?.watchers?.delete(watcher)
}

/** Forgets whom it watches. */
export function dropWatches(watcher: Actor): void {
  const watching = watcher.rare?.watching
  if (watching === undefined) return
  for (const target of watching) target.rare?.watchers?.delete(watcher)
  watching.clear()
}

/** The actor is dead: tells all who asked to be told. */
export function tellWatchers(dead: Actor): void {
  for (const [watcher, messages] of dead.rare?.watchers ?? []) {
    watcher.rare?.watching?.delete(dead)
    for (const message of messages) watcher.signal(message)
  }
}
