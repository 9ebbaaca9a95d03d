// A proxy between a node and its Redis, in a thread of its own: what plays thousands of clients is too busy to pass bytes on in
// time, and a link that is slow for that is a fault that nobody asked for.
//
//   test ── call ──▶ thread ── startProxy ── the same proxy

import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Direction, startProxy } from './proxy.ts'

/** What can be done to the link; see proxy.ts. */
export interface ProxyThread extends AsyncDisposable {
  readonly url: string
  blackHole(): Promise<void>
  dropMessages(): Promise<void>
  cut(): Promise<void>
  cutAfter(bytes: number, direction: Direction): Promise<void>
  pass(): Promise<void>
  /** Messages left out. */
  dropped(): Promise<number>
}

interface Call {
  readonly id: number
  readonly method: Exclude<keyof ProxyThread, 'url' | symbol>
  readonly args: readonly never[]
}

interface Answer {
  readonly id: number
  readonly value: unknown
}

/** Starts one; resolves when it takes connections. */
export async function startProxyThread(targetPort: number): Promise<ProxyThread> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { targetPort } })
  const waiting = new Map<number, (value: unknown) => void>()
  const [url] = (await once(worker, 'message')) as [string]
  worker.on('message', ({ id, value }: Answer) => {
    waiting.get(id)?.(value)
    waiting.delete(id)
  })
  let calls = 0
  const call = <T>(method: Call['method'], ...args: readonly unknown[]): Promise<T> =>
    new Promise((resolve) => {
      const id = ++calls
      waiting.set(id, resolve as (value: unknown) => void)
      worker.postMessage({ id, method, args })
    })
  return {
    url,
    blackHole: () => call('blackHole'),
    dropMessages: () => call('dropMessages'),
    cut: () => call('cut'),
    cutAfter: (bytes, direction) => call('cutAfter', bytes, direction),
    pass: () => call('pass'),
    dropped: () => call('dropped'),
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}

async function serve(): Promise<void> {
  const { targetPort } = workerData as { targetPort: number }
  const proxy = await startProxy(targetPort)
  const methods: Record<Call['method'], (...args: never[]) => unknown> = {
    blackHole: () => proxy.blackHole(),
    dropMessages: () => proxy.dropMessages(),
    cut: () => proxy.cut(),
    cutAfter: (bytes: number, direction: Direction) => proxy.cutAfter(bytes, direction),
    pass: () => proxy.pass(),
    dropped: () => proxy.dropped,
  }
  parentPort?.on('message', async ({ id, method, args }: Call) => {
    parentPort?.postMessage({ id, value: await methods[method](...args) } satisfies Answer)
  })
  parentPort?.postMessage(proxy.url)
}

if (!isMainThread && (workerData as { targetPort?: number } | null)?.targetPort !== undefined)
  await serve()
