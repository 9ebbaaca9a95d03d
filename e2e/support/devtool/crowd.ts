// Many thousand members of a cluster, in rooms of all sizes, some of whom publish now and then. They live in processes of their
// own, as one process has only so many file descriptors.
//
//   scene ── crowd ─┬─ process: members 0, 2, 4 …    each on the next node
//                   └─ process: members 1, 3, 5 …

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { killProgram } from '@sluice/test-support'

/** What one process plays. */
export interface Part {
  /** The nodes' client ports. */
  readonly urls: readonly string[]
  /** Members in all, those of the other processes included. */
  readonly members: number
  /** This process plays every `step`th, from this one on. */
  readonly first: number
  readonly step: number
}

/** What it says when its members are there, and whenever it is asked. */
export interface Headcount {
  readonly there: number
  /** Why the others are not: a sentence, and how many. */
  readonly missing: Readonly<Record<string, number>>
}

export interface Crowd extends AsyncDisposable {
  /** All processes together, now. */
  count(): Promise<Headcount>
}

/** Well below the 20,000 file descriptors that a process has here and there. */
const mostEach = 10_000

const program = fileURLToPath(new URL('crowd-process.ts', import.meta.url))

/** Resolves when all are in their rooms, or are known not to get there. */
export async function startCrowd(urls: readonly string[], members: number): Promise<Crowd> {
  // Two at least, for two cores.
  const step = Math.max(2, Math.ceil(members / mostEach))
  const children = Array.from({ length: step }, () => fork(program, { stdio: 'inherit' }))
  const end = async (): Promise<void> => {
    await Promise.all(children.map(killProgram))
  }
  try {
    await Promise.all(
      children.map((child, first) => ask(child, { urls, members, first, step } satisfies Part)),
    )
  } catch (error) {
    await end()
    throw error
  }
  return {
    count: async () => sumOf(await Promise.all(children.map((child) => ask(child, 'count')))),
    [Symbol.asyncDispose]: end,
  }
}

async function ask(child: ChildProcess, question: Part | 'count'): Promise<Headcount> {
  child.send(question)
  const gone = once(child, 'exit').then(() => {
    throw new Error('a process of the crowd ended')
  })
  const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Headcount]
  return answer
}

function sumOf(counts: readonly Headcount[]): Headcount {
  const missing: Record<string, number> = {}
  for (const [why, count] of counts.flatMap((one) => Object.entries(one.missing)))
    missing[why] = (missing[why] ?? 0) + count
  return { there: counts.reduce((sum, { there }) => sum + there, 0), missing }
}
