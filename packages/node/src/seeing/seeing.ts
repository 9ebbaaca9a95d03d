// Everything that looks after one node and writes down what it saw.
//
//   rules ──────────▶ dumper ─▶ archive         with the node
//   signal, end ────▶                           only where the process is the node's alone

import type { Services } from '../services.ts'
import { LastDump } from './last-dump.ts'
import { listenForSignal } from './signal.ts'
import { SloWatch } from './slo-watch.ts'

export interface Seeing {
  /** The node is about to end. Writes the dump that it leaves, if it leaves one. */
  end(why: string): Promise<void>
  /** An error that nobody caught is about to end the process. The same, before anything else can happen. */
  crashed(error: unknown): void
  /** Ends all that was started. */
  close(): void
}

/** Starts it. */
export function startSeeing(services: Services, ownsProcess: boolean): Seeing {
  const { dumper, options, events } = services
  const slo = new SloWatch(services, (reason) => void dumper.dump(reason))
  if (!ownsProcess) {
    return {
      end: () => Promise.resolve(),
      crashed: (error) => void dumper.crash(error),
      close: () => slo.close(),
    }
  }
  const last = new LastDump(dumper)
  const deafen = listenForSignal(options.dumps.signal, dumper, (signal) =>
    events.emit({ name: 'signal.shared', signal }),
  )
  return {
    end: (why) => last.end(why),
    crashed: (error) => last.crash(error),
    close() {
      slo.close()
      deafen()
      last.close()
    },
  }
}
