// A part of a bench in a process of its own, asked one thing at a time; it ends with the bench, however that ends.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeOn } from './machine.ts'

export interface Child extends AsyncDisposable {
  pid: number
  ask: <Answer>(question: object) => Promise<Answer>
}

/** Starts a program of this folder; its answers are messages, as are the questions. */
export function startChild(
  program: string,
  args: readonly string[],
  core: number | undefined,
): Child {
  const [file, all] = nodeOn(core, ['--expose-gc', program, ...args])
  const child = spawn(file, all, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const gone = once(child, 'exit')
  if (child.pid === undefined) throw new Error(`${program} does not start`)
  return {
    pid: child.pid,
    ask: async <Answer>(question: object): Promise<Answer> => {
      child.send(question)
      const died = gone.then(() => {
        throw new Error(`${program} ended without an answer`)
      })
      const [answer]: Answer[] = await Promise.race([once(child, 'message'), died])
      if (answer === undefined) throw new Error(`${program} answered with nothing`)
      return answer
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
