// Writes docs/lifecycle.md from the lifecycle itself, so that the page cannot say anything else.
//
//   node scripts/diagram.ts

import { writeFileSync } from 'node:fs'
import { compile } from '../packages/core/src/compile.ts'
import { diagram } from '../packages/core/src/diagram.ts'
import { eventNames, lifecycle, states } from '../packages/core/src/lifecycle.ts'

/** Where the page is. */
export const lifecyclePage: URL = new URL('../docs/lifecycle.md', import.meta.url)

/** The page, whole. */
export function printLifecycle(): string {
  return `# The life of an actor

Written by \`node scripts/diagram.ts\` from \`packages/core/src/lifecycle.ts\`; a test compares the two.

Every actor, be it a connection, a room or a supervisor, is in one of four states:

${bullets(states.map((name) => [name, lifecycle.states[name]?.description]))}

and moves by these events:

${bullets(eventNames.map((name) => [name, descriptionOf(name)]))}

\`\`\`mermaid
${diagram(lifecycle)}\`\`\`

The machine is the specification. The kernel runs a table of bytes that is compiled from it; the tests walk every
cell and demand the same answer of both. Where there is a dot, the state stays as it is.

${table()}
`
}

function bullets(entries: (readonly [string, string | undefined])[]): string {
  return entries.map(([name, text = 'no description']) => `- \`${name}\`: ${text}`).join('\n')
}

/** An event is described once, where it is listed first. */
function descriptionOf(event: string): string | undefined {
  const all = Object.values(lifecycle.states).flatMap((node) => node.transitions.get(event) ?? [])
  return all.find(({ description }) => description !== undefined)?.description
}

function table(): string {
  const compiled = compile(lifecycle, { states, events: eventNames })
  const rows = states.map((name, state) => [
    `**${name}**`,
    ...eventNames.map((_, event) => {
      const to = compiled.step(state, event)
      return to === state ? '·' : states[to]
    }),
  ])
  return aligned([['', ...eventNames], ...rows])
}

/** A table as the formatter leaves it. */
function aligned([head = [], ...rows]: (string | undefined)[][]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)),
  )
  const print = (row: (string | undefined)[], fill: string): string =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width, fill)).join(' | ')} |`
  return [print(head, ' '), print([], '-'), ...rows.map((row) => print(row, ' '))].join('\n')
}

if (import.meta.main) writeFileSync(lifecyclePage, printLifecycle())
