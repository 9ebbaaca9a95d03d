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

Every actor, be it a connection, a room or a supervisor, is in one of four states, and these events move it:

${bullets(states.map((name) => [name, lifecycle.states[name]?.description]))}

${bullets(eventNames.map((name) => [name, descriptionOf(name)]))}

\`\`\`mermaid
${diagram(lifecycle)}\`\`\`

The machine above is the specification. The kernel runs a table of bytes that is compiled from it, this one, and the
tests demand the same answer of both for every cell. An event that does not concern a state leaves it as it is (·).

${table()}
`
}

function bullets(entries: (readonly [string, string | undefined])[]): string {
  return entries.map(([name, text]) => `- \`${name}\`: ${text}`).join('\n')
}

/** An event is described once, where it is listed first. */
function descriptionOf(event: string): string | undefined {
  const all = Object.values(lifecycle.states).flatMap((node) => node.transitions.get(event) ?? [])
  return all.find(({ description }) => description !== undefined)?.description
}

function table(): string {
  const { step } = { step: compiled.step.bind(compiled) }
  return step.name
}

if (import.meta.main) writeFileSync(lifecyclePage, printLifecycle())
