// Threads of this package: a file that stands beside this one, as source or built.

import { extname } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Starts the thread in the file `<name>` of this folder. It keeps no process alive. */
export function startThread(name: string, options: WorkerOptions): Worker {
  const file = new URL(`./${name}${extname(import.meta.url)}`, import.meta.url)
  // What the process was started with (a loader, a heap limit) was meant for its main thread.
  const worker = new Worker(file, { execArgv: [], ...options })
  worker.unref()
  return worker
}
