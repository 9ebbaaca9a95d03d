// Draws a machine as a mermaid state diagram: any XState machine, nested and parallel states too, so that the docs draw
// the lifecycle, and the devtool the machines that users write.

import type { AnyStateMachine, AnyStateNode } from 'xstate'

/** The machine as mermaid's `stateDiagram-v2`. Transitions with the same two ends share an arrow. */
export function diagram(machine: AnyStateMachine): string {
  const { root } = machine
  const lines = ['stateDiagram-v2']
  // Mermaid divides states into regions, but not the page.
  if (root.type === 'parallel') box(root, '  ', lines)
  else inside(root, '  ', lines)
  const labels = new Map<string, string[]>()
  collect(root, labels)
  for (const [ends, events] of labels) lines.push(`  ${ends} : ${events.join(', ')}`)
  return `${lines.join('\n')}\n`
}

function box(node: AnyStateNode, indent: string, lines: string[]): void {
  const id = idOf(node)
  const title = node.type === 'history' ? `${node.key} (history)` : node.key
  if (id !== title) lines.push(`${indent}state "${plain(title)}" as ${id}`)
  if (childrenOf(node).length > 0) {
    lines.push(`${indent}state ${id} {`)
    inside(node, `${indent}  `, lines)
    lines.push(`${indent}}`)
  }
  if (node.type === 'final') lines.push(`${indent}${id} --> [*]`)
}

function inside(node: AnyStateNode, indent: string, lines: string[]): void {
  if (node.type === 'compound') {
    for (const first of node.initial.target) lines.push(`${indent}[*] --> ${idOf(first)}`)
  }
  childrenOf(node).forEach((child, i) => {
    if (node.type === 'parallel' && i > 0) lines.push(`${indent}--`)
    box(child, indent, lines)
  })
}

/** Adds the labels of all arrows at and below a state, keyed by the ends of the arrow. */
function collect(node: AnyStateNode, labels: Map<string, string[]>): void {
  for (const transition of [...(node.always ?? []), ...[...node.transitions.values()].flat()]) {
    // Without a target the state stays: worth an arrow if something is done on it.
    const stays = transition.actions.length > 0 && node.type === 'atomic' ? [node] : []
    for (const target of transition.target ?? stays) {
      for (const source of sources(node, target)) {
        const ends = `${idOf(source)} --> ${idOf(target)}`
        labels.set(ends, [
          ...(labels.get(ends) ?? []),
          labelOf(transition.eventType, transition.guard),
        ])
      }
    }
  }
  for (const child of childrenOf(node)) collect(child, labels)
}

/** Mermaid cannot draw an arrow from a state into itself; it starts at the states within, which means the same. */
function sources(node: AnyStateNode, target: AnyStateNode): AnyStateNode[] {
  const children = childrenOf(node)
  if (children.length === 0 || !contains(node, target)) return [node]
  return children
    .filter((child) => child.type !== 'final' && child.type !== 'history')
    .filter((child) => node.type !== 'parallel' || contains(child, target))
    .flatMap((child) => sources(child, target))
}

function contains(node: AnyStateNode, inner: AnyStateNode): boolean {
  return node.path.every((key, depth) => inner.path[depth] === key)
}

function labelOf(event: string, guard: unknown): string {
  const name = plain(eventName(event))
  return guard === undefined ? name : `${name} [${plain(guardName(guard))}]`
}

/** XState's own events have long names that end with the id of a state or an actor. */
function eventName(event: string): string {
  if (event === '') return 'always'
  const [, delay] = /^xstate\.after\.([^.]+)/.exec(event) ?? []
  if (delay !== undefined) return `after ${delay}`
  if (event.startsWith('xstate.done.state.')) return 'done'
  const [, what, actor] = /^xstate\.(done|error)\.actor\.(.*)$/.exec(event) ?? []
  return what === undefined ? event : `${what} ${actor}`
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return guard.name || 'guard'
  const named = typeof guard === 'object' && guard !== null && 'type' in guard
  return named && typeof guard.type === 'string' ? guard.type : 'guard'
}

function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states)
}

const reserved = /^(s\d+|as|class\w*|click|default|direction|end|href|note|of|state|style|title)$/i

/** The key where mermaid can read it, else a number. */
function idOf(node: AnyStateNode): string {
  const readable =
    node.path.length === 1 && /^[a-z]\w*$/i.test(node.key) && !reserved.test(node.key)
  return readable ? node.key : `s${node.order}`
}

/** Without what means something to mermaid. */
function plain(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_.,()[\]*+/|&!?=-]+/gu, ' ').trim() || '?'
}
