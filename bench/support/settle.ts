// Loaded into every server under test before its own code, the same for all: collects garbage when the bench asks, so
// that memory is compared after it, and ends the server when the bench is gone, however that happened.

import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'

// A server's worker threads load this too, and have no parent to talk to.
if (isMainThread && process.send) {
  process.on('disconnect', () => process.exit(0))
  process.on('message', async (message) => {
    if (message !== 'settle') return
    for (let i = 0; i < 3; i += 1) {
      globalThis.gc?.()
      await sleep(50)
    }
    process.send?.(process.memoryUsage().heapUsed)
  })
  // The channel alone must not keep a server alive that wants to end.
  process.channel?.unref()
}
