// What the node wrote down about itself.

import { by, counter, type Family, one } from '../family.ts'

export const seeing: readonly Family[] = [
  counter(
    'sluice_dumps_total',
    'dumps',
    'Dumps written, by what started them',
    ['trigger'],
    ({ dumps }) => by('trigger', dumps.written),
  ),
  counter(
    'sluice_dumps_skipped_total',
    'dumps',
    'Dumps not written, as there had just been another',
    ['trigger'],
    ({ dumps }) => by('trigger', dumps.skipped),
  ),
  // Without a label: a series that begins with its first failure would show no increase.
  counter(
    'sluice_dump_failures_total',
    'dumps',
    'Dumps that could not be written',
    [],
    ({ dumps }) => one([...dumps.failed.values()].reduce((sum, count) => sum + count, 0)),
  ),
  counter(
    'sluice_loop_stalls_total',
    'stalls',
    'Times that the loop stood still for longer than the watchdog allows, and turned again',
    [],
    ({ dumps }) => one(dumps.stalls),
  ),
  counter(
    'sluice_spans_sent_total',
    'spans',
    'Spans that the tracing endpoint has taken',
    [],
    ({ services }) => one(services.tracing?.outcome.sent ?? 0),
  ),
  counter('sluice_spans_lost_total', 'spans', 'Spans that it has not', [], ({ services }) =>
    one(services.tracing?.outcome.lost ?? 0),
  ),
]
