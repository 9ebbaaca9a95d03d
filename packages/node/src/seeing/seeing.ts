// Everything that looks after one node and writes down what it saw.
//
//   rules ──────────▶ dumper ─▶ archive         with the node
//   signal, end ────▶                           only where the process is the node's alone
//   watchdog ──────────────────▶                the same

import { isMainThread } from 'node:worker_threads'
import type { Services } from '../services.ts'
import { LastDump } from './last-dump.ts'
import { listenForSignal } from './signal.ts'
import { SloWatch } from './slo-watch.ts'
import { Watchdog } from './watchdog.ts'

export interface Seeing {
  /** The node is about to end. Writes the dump that it leaves, if it leaves one. */
  end(why: string): Promise<void>
  /** An error that nobody caught is about to end the process. The same, before anything else can happen. */
  crashed(error: unknown): void
  /** Ends all that was started. */
  close(): Promise<void>
}

/** Starts it. */
export function startSeeing(services: Services, ownsProcess: boolean): Seeing {
  const { dumper, options, events } = services
  const slo = new SloWatch(services, (reason) => void dumper.dump(reason))
  if (!ownsProcess) {
    return {
      end: () => Promise.resolve(),
      crashed: (error) => void dumper.crash(error),
      close: async () => slo.close(),
    }
  }
  const last = new LastDump(dumper)
  const deafen = listenForSignal(options.dumps.signal, dumper, (signal) =>
    events.emit({ name: 'signal.shared', signal }),
  )
  const watchdog = startWatchdog(services)
  return {
    end: (why) => last.end(why),
    crashed: (error) => last.crash(error),
    async close() {
      slo.close()
      deafen()
      last.close()
      await watchdog?.close()
    },
  }
}

/** Where another thread is the process's main one, it is that one whose loop could be watched. */
function startWatchdog(services: Services): Watchdog | undefined {
  const { options, events } = services
  if (!options.dumps.watchdog || !isMainThread) return undefined
  try {
    return new Watchdog(services)
  } catch (error) {
    // A node that can be used is better than none.
    events.emit({ name: 'watchdog.failed', error })
    return undefined
  }
}
