// The signal that asks for a dump. Node's own diagnostic report may listen to the same one (it is SIGUSR2 there too,
// once `--report-on-signal` is given); then both are written, and the operator is told.

import type { EventEmitter } from 'node:events'
import type { DumpsOptions } from './dump-options.ts'
import type { Dumper } from './dumper.ts'

/** Where signals come from, and what else listens to them. */
export interface SignalSource {
  readonly events: Pick<EventEmitter, 'on' | 'off'>
  /** The signal of Node's own report; undefined while that is off. */
  readonly reportSignal: string | undefined
}

/** This process. */
export function processSignals(): SignalSource {
  const { report } = process
  return {
    events: process,
    reportSignal: report?.reportOnSignal ? report.signal : undefined,
  }
}

/** Takes a dump each time the signal comes; the result ends that. `shared` is called at once when it is not ours alone. */
export function listenForSignal(
  signal: DumpsOptions['signal'],
  dumper: Pick<Dumper, 'dump'>,
  shared: (signal: string) => void,
  { events, reportSignal }: SignalSource = processSignals(),
): () => void {
  if (signal === false) return () => {}
  if (reportSignal === signal) shared(signal)
  const listener = (): void => void dumper.dump({ trigger: 'signal', detail: signal })
  events.on(signal, listener)
  return () => void events.off(signal, listener)
}
