// Every metric. Where Centrifugo has the same figure the name is the same behind the prefix, so that its dashboards port;
// those of the process are named as in all Node programs. docs/metrics.md shows this list; a test compares.

import { actors } from './families/actors.ts'
import { bus } from './families/bus.ts'
import { clients } from './families/clients.ts'
import { messages } from './families/messages.ts'
import { node } from './families/node.ts'
import { host } from './families/process.ts'
import { queues } from './families/queues.ts'
import { seeing } from './families/seeing.ts'
import type { Family } from './family.ts'

/** All that is read, in the order in which it is shown. */
export const families: readonly Family[] = [
  ...node,
  ...clients,
  ...messages,
  ...bus,
  ...queues,
  ...actors,
  ...seeing,
  ...host,
]
