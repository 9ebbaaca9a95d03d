// A node on the Redis bus in a process of its own, so that it can be killed: it says nothing to anybody any more then.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Bus, RedisBusOptions } from '../../src/index.ts'

/** How it joins. */
export interface Joining {
  readonly name: string
  readonly options: RedisBusOptions
}

/** What it is told to do. */
export interface Call {
  readonly method: keyof Bus
  readonly args: readonly unknown[]
}

/** What came of it. */
export type Outcome = { result: unknown } | { error: string }

export interface Elsewhere {
  /** Calls a method of its bus. One at a time. */
  call<Method extends keyof Bus>(
    method: Method,
    ...args: Parameters<Bus[Method]>
  ): Promise<Awaited<ReturnType<Bus[Method]>>>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
}

const program = new URL('./elsewhere-process.ts', import.meta.url)

/** Joins; resolves when the bus has reached Redis. */
export async function joinElsewhere(name: string, options: RedisBusOptions): Promise<Elsewhere> {
  const joining: Joining = { name, options }
  const child = fork(program, [JSON.stringify(joining)], {
    serialization: 'advanced',
    execArgv: [],
  })
  const gone = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
  }
  onTestFinished(kill)
  const next = async (): Promise<unknown> => {
    const ended = gone.then(() => {
      throw new Error(`the process of ${name} ended`)
    })
    const [outcome] = (await Promise.race([once(child, 'message'), ended])) as [Outcome]
    if ('error' in outcome) throw new Error(outcome.error)
    return outcome.result
  }
  await next()
  return {
    async call(method, ...args) {
      const outcome = next()
      child.send({ method, args } satisfies Call)
      return (await outcome) as never
    },
    kill,
  }
}
