// Threads of this package: a file that stands beside this one, as source or built.

import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename, extname } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { SluiceError } from '@sluice/core'

/** Asks the thread in the file `<name>` of this folder, which answers once and ends. It keeps no process alive. */
export function askThread<Answer>(name: string, workerData: unknown): Promise<Answer> {
  return answerOf(startThread(name, { workerData }), name)
}

/** The next thing that a thread says; `name` is for people, should it end without a word. */
export function answerOf<Answer>(worker: Worker, name: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      worker.off('message', heard).off('error', failed).off('exit', ended)
      worker.unref()
    }
    const heard = (answer: Answer): void => {
      settled()
      resolve(answer)
    }
    const failed = (error: unknown): void => {
      settled()
      reject(error)
    }
    const ended = (): void => failed(new SluiceError('not_available', `the ${name} ended`))
    worker.on('message', heard).on('error', failed).on('exit', ended)
    // Who listens for messages keeps a process alive otherwise.
    worker.unref()
  })
}

/** Starts the thread in the file `<name>` of this folder. It keeps no process alive as long as nobody listens to it. */
export function startThread(name: string, options: WorkerOptions): Worker {
  const file = new URL(`./${name}${extname(import.meta.url)}`, import.meta.url)
  // What the process was started with (a loader, a heap limit) was meant for its main thread.
  const worker = new Worker(file, { execArgv: [], ...options })
  // Told to who listens; if nobody does just then, it would be an error that nobody caught.
  worker.on('error', () => {})
  worker.unref()
  return worker
}

/**
 * For a thread whose work can wait: where processors are scarce, the main thread comes first. Only Linux has priorities of
 * threads; elsewhere nothing happens.
 */
export function giveWay(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')))
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is as important as the others, then.
  }
}
