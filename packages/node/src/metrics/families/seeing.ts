// What the node wrote down about itself.

import { by, counter, type Family } from '../family.ts'

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
  counter(
    'sluice_dump_failures_total',
    'dumps',
    'Dumps that could not be written',
    ['trigger'],
    ({ dumps }) => by('trigger', dumps.failed),
  ),
]
